"""A member's card in words and pictures: the same for who is signed in and for who has the signed link."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from typing import Any
from uuid import UUID

from flask import abort, g

from app.queries import timeline
from app.queries.enrollments import enrollments_of
from app.queries.members import member as read_member
from app.queries.paging import UnknownCursor
from app.queries.reward_shelf import reward_shelf
from app.queries.vouchers import vouchers_of
from app.web.portal.shelf import locked_rows, shelf_rows, tracker
from app.web.portal.tiers import tier_panel
from app.web.support.context import shop_icon
from app.web.support.formatting import last_short_day, money
from app.web.support.gains import gains
from app.web.support.rewards import ready_rewards
from app.web.support.standings import balance_of, standings, tier_of
from app.web.support.story import bought, line
from app.web.support.words import called, counted, day_words

_HISTORY = 10
_MOST_VOUCHERS = 100
_STILL_COUNTING = "Counting…"


def card_context(member_id: UUID, before: str | None = None) -> dict[str, Any]:
    """Return everything that portal/card.html draws of a member; ``before`` is the history's cursor."""
    member, currency = read_member(member_id), g.business["currency"]
    enrollments = enrollments_of(member_id)
    vouchers = vouchers_of(member_id, limit=_MOST_VOUCHERS).rows
    tier, shelf = tier_of(enrollments), reward_shelf(member_id)
    return {
        "member": {"name": called(member), "standing_words": f"{tier} member" if tier else "Member"},
        "balance": balance_of(enrollments),
        "code": {"text": spaced(member["code"]), "qr_text": member["code"]},
        "standings": standings(enrollments, currency=currency, icon=shop_icon()),
        "ready": ready_rewards(vouchers, {found["programId"]: found["programName"] for found in enrollments}),
        "shelf": shelf_rows(shelf),
        "locked": locked_rows(shelf),
        "tracker": tracker(shelf),
        "tier": tier_panel(enrollments, currency),
        "expiring_words": _expiring(enrollments, shelf),
        "paused_words": _paused(enrollments),
        **history(member_id, enrollments, before),
    }


def history(member_id: UUID, enrollments: Sequence[Mapping[str, Any]], before: str | None) -> dict[str, Any]:
    """Return {history, older}: lines, the newest first, and the cursor of what came before them."""
    currency = g.business["currency"]
    try:
        told = timeline.timeline_of(member_id, currency, enrollments, cursor=before or None, limit=_HISTORY)
    except UnknownCursor:
        abort(404)
    lines = [_told(fact, currency) for fact in told.rows if fact["kind"] != "joined"]
    shown = {"history": lines, "older": told.next_cursor, "is_older": before is not None}
    return shown | {"empty_words": _empty(enrollments)}


def spaced(code: str) -> str:
    """Return a code in groups of four, as people say it."""
    return " ".join(code[start : start + 4] for start in range(0, len(code), 4))


def _empty(enrollments: Sequence[Mapping[str, Any]]) -> str:
    """Say what a card without a story starts with."""
    for unit, one in (("punches", "punch"), ("stamps", "stamp")):
        given = max((found["progress"].get(unit, 0) for found in enrollments), default=0)
        if given:
            return f"Your card is ready. {counted(given, one, unit)} {'is' if given == 1 else 'are'} on us."
    return "Your card is ready. Your first visit will stand here."


def _expiring(enrollments: Iterable[Mapping[str, Any]], shelf: Iterable[Mapping[str, Any]]) -> str | None:
    """Say which points run out next, on their last day, and the best reward that they are enough for."""
    pointed = [found for found in enrollments if found["ruleType"] == "POINTS_BASED"]
    ending = [(found["progress"]["nextExpiry"], found) for found in pointed if found["progress"]["nextExpiry"]]
    if not ending:
        return None
    soonest, first = min(ending, key=lambda pair: pair[0]["at"])
    words = f"{counted(soonest['points'], 'point')} run out on {last_short_day(soonest['at'])}"
    had = [one for one in shelf if one["refusal"] is None and one["programId"] == first["programId"]]
    enough = [one for one in had if one["pointsCost"] <= soonest["points"]]
    best = max(enough, key=lambda one: one["pointsCost"], default=None)
    return f"{words}: enough for {best['name']}." if best else f"{words}."


def _told(fact: Mapping[str, Any], currency: str) -> dict[str, Any]:
    """Return one line of the history: shorter than the owner's, in the member's words."""
    day = day_words(fact["at"])
    if fact["kind"] != "purchase":
        drawn = line(fact, currency)
        meta = f"{day}. {fact['program_name']}"
        return {"title": drawn["title"], "meta": meta, "amount": drawn.get("amount"), "why": _why_of_entry(fact)}
    given = [words for pair in fact["outcomes"] for words in gains(pair.last, currency)]
    paid = money(fact["amount_minor"], currency) if fact["sale_kind"] == "sale" else None
    parts = [f"{day}, {fact['location_name']}" if fact["location_name"] else day, paid]
    return {
        "title": bought(fact),
        "meta": ". ".join(part for part in parts if part),
        "amount": given[0] if given else _STILL_COUNTING if fact["waiting"] else None,
        "note": _and_more(given[1:]),
        "why": [f"{pair.last['programName']}: {pair.last['explanation']}" for pair in fact["outcomes"]],
    }


def _why_of_entry(fact: Mapping[str, Any]) -> list[str]:
    return [fact["explanation"]] if fact["kind"] == "entry" else []


def _paused(enrollments: Sequence[Mapping[str, Any]]) -> str | None:
    """Say it when nothing can be collected at the moment."""
    states = {found["programStatus"] for found in enrollments}
    if "PAUSED" not in states or "ACTIVE" in states:
        return None
    held = sum(found["balance"] for found in enrollments if found["unit"] == "points")
    safe = f"Your {counted(held, 'point')} {'is' if held == 1 else 'are'} safe" if held else "What you have is safe"
    return f"Collecting is paused. {safe}."


def _and_more(given: Sequence[str]) -> str | None:
    return f"{given[0]} and {len(given) - 1} more" if len(given) > 1 else next(iter(given), None)
