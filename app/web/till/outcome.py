"""What a purchase brought, said at the counter."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Any

from flask import g, url_for

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
    links = {
        "undo": url_for("till_history.undo", purchase_id=purchase["id"]),
        "next": url_for("till.find"),
        "move": url_for("till_history.move", purchase_id=purchase["id"]),
    }
    if purchase["status"] == "cancelled":
        return {"result": taken_back(line) | {"purchase_id": purchase["id"]}, "card": None, "links": links}
    told = _told(purchase)
    told["result"] |= {"undo": undo_left(line["recordedAt"])}
    return told | {"links": links}


def counted_result(
    purchase: Purchase, member: Mapping[str, Any], enrollments: Sequence[Mapping[str, Any]]
) -> dict[str, Any]:
    """Return what a purchase brought: result and card. ``purchase`` has kind, outcomes and vouchers."""
    currency = g.business["currency"]
    outcomes = [OutcomePair(outcome, outcome) for outcome in purchase["outcomes"]]
    drawn = standings(enrollments, currency=currency, icon=shop_icon())
    moved = _moved(drawn, purchase["outcomes"])
    result = {
        "done_words": "Punched" if purchase["kind"] == "punch" else "Recorded",
        "headline": f"{first_name(member)}: {_headline(moved, purchase['outcomes'], currency)}",
        "sentence": _sentence(moved, purchase),
        "receipt": purchase_receipt(outcomes, currency),
    }
    return {"result": result, "card": _card(moved or next(iter(drawn), None), member, tier_of(enrollments))}


def undo_left(recorded_at: datetime) -> dict[str, int] | None:
    """How many seconds anybody may still take it back; afterwards a manager can, in the history."""
    left = (recorded_at + UNDO_WITHIN - clock.now()).total_seconds()
    return {"seconds": max(1, round(left))} if left > 0 else None


def taken_back(line: Mapping[str, Any]) -> dict[str, Any]:
    """Return the result of an undo; ``line`` names the member and has the kind of the purchase."""
    is_punch = line["kind"] == "punch"
    return {
        "is_undone": True,
        "done_words": "Undone",
        "headline": "The punch is taken back" if is_punch else "The purchase is taken back",
        "sentence": f"{called(line)} stands where they stood before.",
    }


def _told(purchase: Purchase) -> dict[str, Any]:
    if purchase["isDead"]:
        return {"result": _failed(purchase), "card": None}
    if purchase["earning"] != "done" and purchase["status"] == "completed":
        return {"result": {"purchase_id": purchase["id"], "is_pending": True}, "card": None}
    return _counted(purchase)


def _failed(purchase: Purchase) -> dict[str, Any]:
    return {
        "purchase_id": purchase["id"],
        "is_failed": True,
        "done_words": "Saved, not counted yet",
        "headline": "This one needs the owner",
        "sentence": "The purchase is safe. It waits under Needs you, and counts once that is settled.",
    }


def _counted(purchase: Purchase) -> dict[str, Any]:
    member = members_of({purchase["memberId"]}).get(purchase["memberId"], {"name": "", "code": "–"})
    found = counted_result(purchase, member, enrollments_of(purchase["memberId"]))
    found["result"] |= {"purchase_id": purchase["id"]}
    return found


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
