"""Rewards at the counter: what a customer can have, what is still missing for the others, and handing one over."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any
from uuid import UUID

from flask import g, redirect, render_template, request, url_for

from app.core.ids import new_id
from app.domain.errors import Conflict, NotFound, ValidationErrors
from app.domain.permissions import Permission
from app.queries.enrollments import enrollments_of
from app.queries.members import member as read_member
from app.queries.redemptions import redemption
from app.queries.reward_shelf import reward_shelf
from app.queries.vouchers import voucher as read_voucher
from app.queries.vouchers import vouchers_of
from app.services.redemption_moves import move_redemption
from app.services.redemptions import Delivery, request_redemption
from app.services.voucher_use import redeem_voucher
from app.web.support.context import shop_icon
from app.web.support.doors import area, page
from app.web.support.htmx import SEE_OTHER
from app.web.support.rewards import ready_rewards
from app.web.support.standings import standings
from app.web.support.tries import count_look_up
from app.web.support.words import counted
from app.web.till import counter
from app.web.till.forms import as_uuid
from app.web.till.frame import frame, note_here, remembered_location

bp = area("till_redeem", __name__, "/till", is_till=True)

_MOST = 100
_STATES = {
    "redeemed": "This reward has been given already",
    "expired": "This reward has run out",
    "revoked": "This reward was taken back",
}


@page(bp, "/members/<uuid:member_id>/redeem", permission=Permission.VOUCHER_REDEEM, methods=("GET", "POST"))
def rewards(member_id: UUID) -> Any:
    """List the rewards of a customer, or hand one over: once, however often the button is tapped."""
    found = read_member(member_id)
    if request.method == "GET":
        return _page(found, {})
    voucher = _voucher_of(member_id, as_uuid(request.form.get("voucher_id", "")))
    if voucher is None:
        return _page(found, {"": "This reward is not theirs any more. Look at what is ready"}), 422
    try:
        redeem_voucher(voucher["code"], _location(), g.caller.actor)
        note_here("redeem", voucher["id"], memberId=member_id, voucherId=voucher["id"])
    except Conflict as error:
        return _page(found, {"": error.message}), 422
    except ValidationErrors as error:
        return _page(found, {"location_id": next(iter(error.errors.values()))[0]}), 422
    return redirect(url_for("till_redeem.given", member_id=member_id, voucher_id=voucher["id"]), SEE_OTHER)


@page(bp, "/members/<uuid:member_id>/given/<uuid:voucher_id>", permission=Permission.VOUCHER_REDEEM)
def given(member_id: UUID, voucher_id: UUID) -> str:
    """Say what was handed over."""
    voucher = _voucher_of(member_id, voucher_id)
    if voucher is None or voucher["status"] != "redeemed":
        raise NotFound("redeemed voucher")
    return _given(member_id, voucher["description"])


@page(bp, "/members/<uuid:member_id>/rewards", permission=Permission.REDEMPTION_EDIT, methods=("POST",))
def buy(member_id: UUID) -> Any:
    """Hand over a reward of the catalogue: the points go and the reward is redeemed, once for each form."""
    found, reward_id = read_member(member_id), as_uuid(request.form.get("reward_id", ""))
    entry = next((one for one in reward_shelf(member_id, named=reward_id) if one["id"] == reward_id), None)
    if entry is None:
        return _page(found, {"": "This reward is not in the catalogue any more"}), 422
    key = f"till:{as_uuid(request.form.get('key', ''))}:{reward_id}"
    delivery = Delivery(location_id=_location())
    try:
        made = request_redemption(
            member_id, entry["id"], actor=g.caller.actor, program_id=entry["programId"], delivery=delivery, key=key
        )
        asked = redemption(made)
        if asked["status"] != "redeemed":
            move_redemption(made, "redeemed", actor=g.caller.actor, location_id=delivery.location_id)
        note_here("redeem", made, memberId=member_id, voucherId=asked["voucherId"])
    except Conflict as error:
        return _page(found, {"": error.message}), 422
    except ValidationErrors as error:
        return _page(found, {"location_id": next(iter(error.errors.values()))[0]}), 422
    return redirect(url_for("till_redeem.bought", member_id=member_id, redemption_id=made), SEE_OTHER)


@page(bp, "/members/<uuid:member_id>/bought/<uuid:redemption_id>", permission=Permission.REDEMPTION_VIEW)
def bought(member_id: UUID, redemption_id: UUID) -> str:
    """Say what was handed over for points, and what is left."""
    made = redemption(redemption_id)
    if made["memberId"] != member_id:
        raise NotFound("redemption of this member")
    return _given(member_id, f"{made['name']} for {counted(made['pointsRedeemed'], 'point')}")


@page(bp, "/vouchers/<code>", permission=Permission.VOUCHER_REDEEM)
def voucher(code: str) -> str:
    """Show the reward whose code was scanned, with its customer."""
    count_look_up()
    found = read_voucher(code)
    member = read_member(found["memberId"])
    errors = {"": _STATES[found["status"]]} if found["status"] in _STATES else {}
    return _page(member, errors, only=found)


def _given(member_id: UUID, words: str) -> str:
    links = {"next": url_for("till.find"), "back": url_for("till.member", member_id=member_id)}
    shown = counter.customer(read_member(member_id))
    return render_template("till/given.html", **frame(), **shown, links=links, words=words)


def _links(member_id: UUID) -> dict[str, str]:
    return {
        "give": url_for("till_redeem.rewards", member_id=member_id),
        "done": url_for("till_redeem.given", member_id=member_id, voucher_id=member_id),
        "buy": url_for("till_redeem.buy", member_id=member_id),
        "back": url_for("till.member", member_id=member_id),
    }


def _page(member: Mapping[str, Any], errors: dict[str, str], only: Mapping[str, Any] | None = None) -> str:
    ready = [one for one in vouchers_of(member["id"], limit=_MOST).rows if one["status"] == "available"]
    shown = [one for one in ready if only is None or one["id"] == only["id"]]
    drawn = standings(enrollments_of(member["id"]), currency=g.business["currency"], icon=shop_icon())
    shelf = reward_shelf(member["id"]) if only is None else []
    return render_template(
        "till/redeem.html",
        **frame(),
        **counter.customer(member),
        ready=ready_rewards(shown, {}),
        shelf=[offer(one) for one in shelf if one["refusal"] is None],
        shelf_key=str(new_id()),
        links=_links(member["id"]),
        missing=[*ahead(drawn), *(_refused(one) for one in shelf if one["refusal"] is not None)],
        values={"location_id": request.form.get("location_id") or remembered_location()},
        errors=errors,
        is_scanned=only is not None,
    )


def offer(entry: Mapping[str, Any]) -> dict[str, Any]:
    """One reward of the catalogue that the customer can have: what it costs and what is left after it."""
    cost, after = counted(entry["pointsCost"], "point"), counted(entry["balanceAfter"], "point")
    shown = {"image_key": entry["imageKey"], "image_alt": entry["imageAlt"]}
    return {"id": entry["id"], "words": entry["name"], "note": f"{cost}. {after} left after it", **shown}


def _refused(entry: Mapping[str, Any]) -> dict[str, str]:
    """One that they cannot have: how many points are missing, or why not."""
    return {"words": entry["name"], "note": entry["refusal"]["message"]}


def ahead(drawn: Iterable[Mapping[str, Any]]) -> list[dict[str, str]]:
    """Return what is not reached yet in the standings of a customer: a card, a goal or a number of points."""
    missing = (one for one in drawn if one["total"] > one["filled"] and str(one["sentence"]).startswith("Next"))
    return [{"words": one["sentence"], "note": one["headline"]} for one in missing]


def _voucher_of(member_id: UUID, voucher_id: UUID | None) -> dict[str, Any] | None:
    rows = vouchers_of(member_id, limit=_MOST).rows
    return next((one for one in rows if one["id"] == voucher_id), None)


def _location() -> UUID | None:
    locations = frame()["locations"]
    return as_uuid(request.form.get("location_id", "")) or (as_uuid(locations[0][0]) if len(locations) == 1 else None)
