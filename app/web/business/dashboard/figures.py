"""The figures of Home, ready to show: key numbers, the finding over the chart, what needs somebody today."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from datetime import date, datetime
from fractions import Fraction
from typing import Any

from flask import url_for

from app.domain.money import exponent
from app.queries.silent_tills import SilentTill
from app.web.business.dashboard.month import DAYS
from app.web.support.formatting import ago, money, points
from app.web.support.words import called, counted, listed

Program = Mapping[str, Any]
Weeks = Sequence[tuple[date, int]]

_NOON, _EVENING = 12, 18
_MOST_TICKETS = 3
_MOST_NAMES = 3


def greeting(local: datetime, name: str) -> str:
    """Greet by the hour; an owner who has given no name is greeted without."""
    part = "morning" if local.hour < _NOON else "afternoon" if local.hour < _EVENING else "evening"
    return f"Good {part}" if "@" in name else f"Good {part}, {name.split()[0]}"


def today_words(today: date, programs: Sequence[Program]) -> str:
    """Say the day and what customers can collect on."""
    live = [program["name"] for program in programs if program["status"] == "ACTIVE"]
    day = f"{today:%A} {today.day} {today:%B}"
    if not live:
        return f"{day}. No program is live yet."
    return f"{day}. {listed(live[:3]) if len(live) <= 3 else counted(len(live), 'program')} {_are(live)} live."


def short_label(day: date) -> str:
    """Write the first day of a week as "5 Oct"."""
    return f"{day.day} {day:%b}"


def weeks_title(weeks: Weeks) -> str:
    """Say what the chart shows: the last seven days against the seven before."""
    now, before = weeks[-1][1], weeks[-2][1]
    said = f"{counted(now, 'visit')} in 7 days"
    if now > max(total for _, total in weeks[:-1]):
        return f"{said}, the most so far"
    if now == before:
        return f"{said}, as many as in the 7 before"
    return f"{said}, {abs(now - before):,} {'more' if now > before else 'fewer'} than in the 7 before"


def tickets(
    programs: Sequence[Program],
    members: Mapping[str, int],
    attention: int,
    birthdays: Sequence[Program],
    silent: Sequence[SilentTill],
) -> list[dict[str, str]]:
    """Return up to three things that need a person, the most pressing first."""
    found = [
        *_failures(attention),
        *_silent(silent),
        *_waiting(members["redemptions_waiting"]),
        *_drafts(programs),
        *_low_stock(members["low_stock"]),
        *_running_out(members["vouchers_expiring"]),
        *_birthdays(birthdays),
    ]
    return found[:_MOST_TICKETS]


def kpis(
    programs: Sequence[Program], members: Mapping[str, int], weeks: Weeks, currency: str, month: Sequence[Program]
) -> list[dict[str, Any]]:
    """Return the six key numbers of Home; ``month`` is the last 31 nights' snapshots, the oldest first."""
    return [
        _visits(weeks),
        _came(members, month),
        _outstanding(programs, currency, month),
        _redemption_rate(programs, month),
        _active(programs),
        _pending(members),
    ]


def worth_minor(programs: Iterable[Program], places: int) -> int:
    """Return what outstanding points are worth, rounded down to minor units: 1 / redemptionRate units each."""
    worth = sum((_worth(program, places) for program in programs), Fraction(0))
    return worth.numerator // worth.denominator


def _worth(program: Program, places: int) -> Fraction:
    if program["ruleType"] != "POINTS_BASED":
        return Fraction(0)
    return Fraction(program["outstanding"] * 10**places, program["version"].config.redemption_rate)


def _visits(weeks: Weeks) -> dict[str, Any]:
    now, before = weeks[-1][1], weeks[-2][1]
    return {
        "label": "Visits in 7 days",
        "value": points(now),
        "delta": _delta(now, before),
        "note": f"{points(before)} in the 7 before",
        "series": [total for _, total in weeks],
        "what": "A member's local day with at least one purchase is one visit.",
        "href": url_for("members.index", visit="week"),
    }


def _came(members: Mapping[str, int], month: Sequence[Program]) -> dict[str, Any]:
    return {
        "label": "Members active in 30 days",
        "value": points(members["active"]),
        "delta": _since(month, "active_members", members["active"]),
        "note": f"of {counted(members['total'], 'member')}",
        "series": _line(month, "active_members", members["active"]),
        "what": "Members with a purchase in the last 30 days, against how many there were 30 days ago.",
        "href": url_for("members.index", visit="month"),
    }


def _outstanding(programs: Sequence[Program], currency: str, month: Sequence[Program]) -> dict[str, Any]:
    total = sum(program["outstanding"] for program in programs if program["ruleType"] == "POINTS_BASED")
    cash_back = sum(program["outstanding"] for program in programs if program["ruleType"] == "CASH_BACK")
    owed = f"You owe {money(worth_minor(programs, exponent(currency)), currency)}"
    return {
        "label": "Points outstanding",
        "value": points(total),
        "note": f"{owed}, and {money(cash_back, currency)} cash back" if cash_back else owed,
        "series": _line(month, "total_points_outstanding", total),
        "what": "Points earned and not used yet, and what they are worth if everybody used them today.",
        "href": url_for("programs.index", ruleType="POINTS_BASED"),
    }


def _redemption_rate(programs: Sequence[Program], month: Sequence[Program]) -> dict[str, Any]:
    earned = sum(program["vouchersIssued"] for program in programs)
    redeemed = sum(program["redemptions"] for program in programs)
    rate = 100 * redeemed // earned if earned else 0
    before = _rate(month[0]) if len(month) > DAYS else None
    return {
        "label": "Redemption rate",
        "value": f"{rate}" if earned else "–",
        "unit": "%" if earned else None,
        "delta": _delta(rate, before) if earned and before is not None else None,
        "note": f"{points(redeemed)} of {counted(earned, 'reward')} earned" if earned else "No reward earned yet",
        "series": [_rate(row) for row in month] if earned else None,
        "what": "Rewards used, divided by rewards earned, against what it was 30 days ago.",
        "href": url_for("programs.index", sort="redemptions"),
    }


def _active(programs: Sequence[Program]) -> dict[str, Any]:
    totals = {status: sum(program["status"] == status for program in programs) for status in ("ACTIVE", "SCHEDULED")}
    starts = f"{totals['SCHEDULED']} more scheduled" if totals["SCHEDULED"] else "None scheduled"
    return {
        "label": "Active programs",
        "value": points(totals["ACTIVE"]),
        "note": starts,
        "what": "Programs that customers can earn in at this moment.",
        "href": url_for("programs.index", status="active"),
    }


def _pending(members: Mapping[str, int]) -> dict[str, Any]:
    soon = members["vouchers_expiring"]
    note = f"{counted(soon, 'reward runs', 'rewards run')} out within a week"
    return {
        "label": "Pending redemptions",
        "value": points(members["redemptions_waiting"]),
        "note": note if soon else "No reward runs out within a week",
        "what": "Rewards that members have asked for and that wait for somebody: to approve, send or hand out.",
        "href": url_for("redemptions.index"),
    }


def _rate(row: Mapping[str, Any]) -> int:
    return 100 * row["vouchers_redeemed"] // row["vouchers_issued"] if row["vouchers_issued"] else 0


def _line(month: Sequence[Mapping[str, Any]], name: str, now: int) -> list[int] | None:
    """Return how a figure stood each night of the last month, and now; nothing before the second night."""
    return [*(row[name] for row in month), now] if len(month) > 1 else None


def _since(month: Sequence[Mapping[str, Any]], name: str, now: int) -> dict[str, str] | None:
    """Compare with the night a month ago; a business that had no history then had none of anything."""
    return _delta(now, month[0][name] if len(month) > DAYS else 0) if month else None


def _delta(now: int, before: int) -> dict[str, str] | None:
    """Return by how much a figure rose or fell; nothing where it stayed."""
    if now == before:
        return None
    return {"direction": "up" if now > before else "down", "words": points(abs(now - before))}


def _failures(total: int) -> list[dict[str, str]]:
    if not total:
        return []
    title, href = f"{counted(total, 'thing')} could not be done", url_for("attention.index")
    return [_ticket("alert", title, "Nothing is lost.", href, "Look at them")]


def _silent(tills: Sequence[SilentTill]) -> list[dict[str, str]]:
    if not tills:
        return []
    first, href = tills[0], url_for("devices.index")
    title = f"{first.name} is silent" if len(tills) == 1 else f"{counted(len(tills), 'till')} are silent"
    words = f"Last heard of {ago(first.seen_at)}. " + ("It may hold unsent work." if first.is_open else "")
    return [_ticket("till", title, words.strip(), href, "See your tills")]


def _waiting(total: int) -> list[dict[str, str]]:
    if not total:
        return []
    title, href = f"{counted(total, 'redemption')} to fulfil", url_for("redemptions.index")
    return [_ticket("bag", title, "Members have paid with their points.", href, "Open the board")]


def _low_stock(total: int) -> list[dict[str, str]]:
    if not total:
        return []
    title = f"{counted(total, 'reward is', 'rewards are')} nearly gone"
    return [_ticket("gift", title, "Five or fewer are left.", url_for("rewards.index", view="list"), "See the stock")]


def _drafts(programs: Sequence[Program]) -> list[dict[str, str]]:
    """A draft is worth a word while nothing else is live."""
    drafts = [program for program in programs if program["status"] == "DRAFT"]
    if not drafts or any(program["status"] == "ACTIVE" for program in programs):
        return []
    href = url_for("programs.show", program_id=drafts[0]["id"])
    return [_ticket("play", f"{drafts[0]['name']} is a draft", "Customers see it once it is active.", href, "Open it")]


def _running_out(total: int) -> list[dict[str, str]]:
    if not total:
        return []
    title = f"{counted(total, 'reward runs', 'rewards run')} out within a week"
    href = url_for("members.index", unredeemed=1)
    return [_ticket("gift", title, "Remind people at the counter.", href, "See members")]


def _birthdays(members: Sequence[Program]) -> list[dict[str, str]]:
    if not members:
        return []
    names = [called(member) for member in members]
    is_one = len(names) == 1
    who = listed(names) if len(names) <= _MOST_NAMES else listed([*names[: _MOST_NAMES - 1], "others"])
    href = url_for("members.show", member_id=members[0]["id"]) if is_one else url_for("members.index")
    title = f"{who} {'has' if is_one else 'have'} a birthday today"
    return [
        _ticket(
            "cake", title, "A word at the counter goes a long way.", href, "See their card" if is_one else "See members"
        )
    ]


def _ticket(icon: str, title: str, words: str, href: str, link_words: str) -> dict[str, str]:
    return {"icon": icon, "title": title, "words": words, "href": href, "link_words": link_words}


def _are(names: Sequence[str]) -> str:
    return "is" if len(names) == 1 else "are"
