"""What stands around a customer at the till: the strip with their progress, and the forms for what they buy."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from datetime import date, timedelta
from typing import Any

from flask import g, url_for

from app.core import clock
from app.core.ids import new_id
from app.domain.money import exponent
from app.domain.program import ProgramVersion
from app.queries.enrollments import enrollments_of
from app.queries.live_versions import live_versions
from app.queries.program_names import program_names
from app.queries.till_items import note_of, usual_amounts
from app.queries.vouchers import vouchers_of
from app.web.support.context import currency_symbol, initials, shop_icon
from app.web.support.formatting import last_short_day, money, yearly_day, zone
from app.web.support.standings import balance_of, standings, tier_of
from app.web.support.words import called, category_words, counted, listed
from app.web.till.people import last_visit_words

Member = Mapping[str, Any]
Location = tuple[str, str]

_MOST_VOUCHERS = 100
_BIRTHDAY_DAYS = 7
_EXPIRY_DAYS = 30
_PUNCHED = ("PUNCH_CARD", "STAMP_CARD")


def member_context(member: Member, locations: Sequence[Location]) -> dict[str, Any]:
    """Return the context of till/member.html; every rendering has keys of its own."""
    shown, member_id = customer(member), member["id"]
    may_adjust = shown.pop("has_points")
    links = {
        "record": url_for("till.purchase"),
        "purchase": url_for("till.purchase_of", member_id=member_id),
        "redeem": url_for("till_redeem.rewards", member_id=member_id),
        "adjust": url_for("till_history.adjust", member_id=member_id) if may_adjust else None,
        "back": url_for("till.find"),
    }
    return {**shown, **actions(locations, shown["ready_total"]), "links": links}


def actions(locations: Sequence[Location], ready: int) -> dict[str, Any]:
    """Return what the buttons beside a customer say: the punch, and how many rewards are ready."""
    return {
        "punch": _punch(version for version in _live() if _is_here(version, locations)),
        "redeem_words": f"{counted(ready, 'reward')} ready" if ready else "Nothing ready yet",
        "currency_symbol": currency_symbol(),
    }


def purchase_context(member: Member | None, locations: Sequence[Location]) -> dict[str, Any]:
    """Return the context of till/purchase.html but for what was typed; every rendering has a key of its own."""
    live = [version for version in _live() if _is_here(version, locations)]
    return {
        "member": None,
        "standings": [],
        "notes": [],
        "decimal_sign": "." if exponent(g.business["currency"]) else "00",
        "currency_symbol": currency_symbol(),
        "categories": _categories(live),
        "quick": [(_plain(amount), money(amount, g.business["currency"])) for amount in usual_amounts()],
        "purchase_key": str(new_id()),
        "links": {"record": url_for("till.purchase")},
        **(customer(member) if member else {}),
    }


def ago(seconds: int) -> str:
    """Say how long ago a punch was."""
    return f"{counted(seconds, 'second')} ago" if seconds else "just now"


def customer(member: Member) -> dict[str, Any]:
    """Return the strip of a customer (till/_customer.html): who they are, how far, and what to know about them."""
    enrollments = enrollments_of(member["id"])
    ready = [one for one in vouchers_of(member["id"], limit=_MOST_VOUCHERS).rows if one["status"] == "available"]
    name, balance = called(member), balance_of(enrollments)
    points = f", {balance['value']} {balance['unit']}" if balance else ""
    return {
        "member": {
            "id": member["id"],
            "name": name,
            "initials": initials(name),
            "tier": tier_of(enrollments),
            "last_visit_words": f"{last_visit_words(member)}{points}",
        },
        "standings": standings(enrollments, currency=g.business["currency"], icon=shop_icon()),
        "notes": [
            *_status_notes(member),
            *_paused_notes(enrollments),
            *_birthday_notes(member),
            *_expiry_notes(enrollments),
            *_voucher_notes(ready),
            *_own_notes(member),
        ],
        "ready_total": len(ready),
        "has_points": any(one["unit"] == "points" for one in enrollments),
    }


def _status_notes(member: Member) -> list[dict[str, Any]]:
    if member["status"] not in ("suspended", "expired"):
        return []
    return [{"icon": "alert", "words": f"This card is {member['status']} and earns nothing", "is_warning": True}]


def _paused_notes(enrollments: Sequence[Mapping[str, Any]]) -> list[dict[str, Any]]:
    paused = [found["programName"] for found in enrollments if found["programStatus"] == "PAUSED"]
    if not paused:
        return []
    words = f"{listed(paused)} {'is' if len(paused) == 1 else 'are'} paused. Customers keep what they have"
    return [{"icon": "pause", "words": words, "is_warning": True}]


def _birthday_notes(member: Member) -> list[dict[str, Any]]:
    born, today = member["birthday"], clock.now().astimezone(zone()).date()
    if born is None:
        return []
    until = min(
        (_in_year(born, year) - today).days for year in (today.year, today.year + 1) if _in_year(born, year) >= today
    )
    if until > _BIRTHDAY_DAYS:
        return []
    words = "Birthday today" if until == 0 else f"Birthday on {yearly_day(today + timedelta(days=until))}"
    return [{"icon": "cake", "words": words, "is_warning": False}]


def _expiry_notes(enrollments: Sequence[Mapping[str, Any]]) -> list[dict[str, Any]]:
    soon = clock.now() + timedelta(days=_EXPIRY_DAYS)
    found = [one["progress"].get("nextExpiry") for one in enrollments if one["ruleType"] == "POINTS_BASED"]
    return [
        {
            "icon": "clock",
            "words": f"{counted(one['points'], 'point')} run out on {last_short_day(one['at'])}",
            "is_warning": True,
        }
        for one in found
        if one and one["at"] <= soon
    ]


def _own_notes(member: Member) -> list[dict[str, Any]]:
    note = note_of(member["id"])
    return [{"icon": shop_icon(), "words": note, "is_warning": False}] if note else []


def _voucher_notes(ready: Sequence[Mapping[str, Any]]) -> list[dict[str, Any]]:
    if not ready:
        return []
    first = ready[0]["description"]
    words = first if len(ready) == 1 else f"{counted(len(ready), 'reward')} ready, the newest: {first}"
    return [{"icon": "gift", "words": words, "is_warning": False}]


def _live() -> tuple[ProgramVersion, ...]:
    now = clock.now()
    return live_versions(now, now).at(now)


def _is_here(version: ProgramVersion, locations: Sequence[Location]) -> bool:
    """Say whether a program counts in any location that is open."""
    return not version.location_ids or any(str(found) == key for found in version.location_ids for key, _ in locations)


def _categories(live: Iterable[ProgramVersion]) -> list[tuple[str, str]]:
    """Return the categories that any live program tells apart, by name."""
    found: set[str] = set()
    for version in live:
        found |= set(getattr(version.config, "category_multipliers", None) or ())
        found |= {key for key in [getattr(version.terms, "category", None)] if key}
    return sorted((key, category_words(key) or key) for key in found)


def _in_year(born: date, year: int) -> date:
    """Return a birthday in a year; 29 February is the 28th in other years (PRODUCT 13)."""
    try:
        return born.replace(year=year)
    except ValueError:
        return born.replace(year=year, day=28)


def _plain(amount: int) -> str:
    """Write minor units as a number is typed: 4250 as "42.50"."""
    digits = exponent(g.business["currency"])
    return f"{amount / 10**digits:.{digits}f}" if digits else str(amount)


def _punch(live: Iterable[ProgramVersion]) -> dict[str, str] | None:
    """Return the punch button where a live program has a card to punch."""
    cards = [version.program_id for version in live if version.rule_type in _PUNCHED]
    if not cards:
        return None
    names = program_names(cards)
    return {"words": f"On {listed([names[card] for card in cards])}", "key": str(new_id())}
