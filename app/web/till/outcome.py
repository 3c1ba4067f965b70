"""What a purchase brought, said at the counter."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from flask import g

from app.core import clock
from app.domain.till import UNDO_WITHIN
from app.queries.enrollments import enrollments_of
from app.queries.members import members_of
from app.queries.timeline import OutcomePair
from app.web.support.context import shop_icon
from app.web.support.gains import gains, purchase_receipt
from app.web.support.standings import standings, tier_of
from app.web.support.words import called, counted, first_name

Purchase = Mapping[str, Any]
Standing = dict[str, Any]


def shown(purchase: Purchase, line: Mapping[str, Any]) -> dict[str, Any]:
    """Return the context of till/result.html: counting, counted, taken back, or not to be counted.

    ``line`` is of queries.till_items: when it was recorded, and by whom.
    """
    if purchase["status"] == "cancelled":
        return {"result": _taken_back(purchase, line), "card": None}
    told = _told(purchase)
    told["result"] |= {"undo": _undo(line), "is_punch": line["kind"] == "punch"}
    return told


def _told(purchase: Purchase) -> dict[str, Any]:
    if purchase["isDead"]:
        return {"result": _failed(purchase), "card": None}
    if purchase["earning"] != "done" and purchase["status"] == "completed":
        return {"result": {"purchase_id": purchase["id"], "is_pending": True}, "card": None}
    return _counted(purchase)


def _undo(line: Mapping[str, Any]) -> dict[str, int] | None:
    """How many seconds anybody may still take it back; afterwards a manager can, in the history."""
    left = (line["recordedAt"] + UNDO_WITHIN - clock.now()).total_seconds()
    return {"seconds": max(1, round(left))} if left > 0 else None


def _taken_back(purchase: Purchase, line: Mapping[str, Any]) -> dict[str, Any]:
    is_punch = line["kind"] == "punch"
    return {
        "purchase_id": purchase["id"],
        "is_undone": True,
        "done_words": "Undone",
        "headline": "The punch is taken back" if is_punch else "The purchase is taken back",
        "sentence": f"{called(line)} stands where they stood before.",
    }


def _failed(purchase: Purchase) -> dict[str, Any]:
    return {
        "purchase_id": purchase["id"],
        "is_failed": True,
        "done_words": "Saved, not counted yet",
        "headline": "This one needs the owner",
        "sentence": "The purchase is safe. It waits under Needs you, and counts once that is settled.",
    }


def _counted(purchase: Purchase) -> dict[str, Any]:
    currency = g.business["currency"]
    member = members_of({purchase["memberId"]}).get(purchase["memberId"], {"name": "", "code": "–"})
    outcomes = [OutcomePair(outcome, outcome) for outcome in purchase["outcomes"]]
    drawn = standings(enrollments := enrollments_of(purchase["memberId"]), currency=currency, icon=shop_icon())
    moved = _moved(drawn, purchase["outcomes"])
    result = {
        "purchase_id": purchase["id"],
        "done_words": "Punched" if purchase["kind"] == "punch" else "Recorded",
        "headline": f"{first_name(member)}: {_headline(moved, purchase['outcomes'], currency)}",
        "sentence": _sentence(moved, purchase),
        "receipt": purchase_receipt(outcomes, currency),
    }
    return {"result": result, "card": _card(moved or next(iter(drawn), None), member, tier_of(enrollments))}


def _moved(drawn: Sequence[Standing], outcomes: Sequence[Mapping[str, Any]]) -> Standing | None:
    """The first standing that the purchase moved on, with what was just added to it."""
    given = {outcome["programId"]: outcome for outcome in outcomes if outcome["code"] is None}
    found = next((one for one in drawn if one["program_id"] in given), None)
    if found is None:
        return None
    outcome = given[found["program_id"]]
    fresh = outcome["punches"] or outcome["stamps"] or outcome["visits"]
    return {**found, "fresh": min(fresh, found["filled"]) or None}


def _headline(moved: Standing | None, outcomes: Sequence[Mapping[str, Any]], currency: str) -> str:
    if moved is None:
        return "nothing this time"
    rewards = sum(outcome["vouchers"] for outcome in outcomes)
    if rewards:
        return f"{counted(rewards, 'reward')} earned"
    if moved["total"] and moved["rule_type"] != "TIER_BASED":
        return str(moved["progress_words"])
    given = next((words for outcome in outcomes for words in gains(outcome, currency)), None)
    return given or str(moved["progress_words"])


def _sentence(moved: Standing | None, purchase: Purchase) -> str:
    vouchers = purchase["vouchers"]
    if vouchers:
        return f"Earned: {vouchers[0]['description']}."
    if moved is None:
        return "The purchase is saved. It gave nothing in any program; below is why."
    return f"{moved['headline']}. {moved['sentence']}".strip()


def _card(found: Standing | None, member: Mapping[str, Any], tier: str | None) -> dict[str, Any] | None:
    if found is None:
        return None
    return {
        "program_name": found["program_name"],
        "headline": found["headline"],
        "member_name": called(member),
        "member_number": f"Code {member['code']}",
        "standing": found if found["total"] else None,
        "foot": tier,
    }
