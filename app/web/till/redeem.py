"""Rewards at the counter: what a customer can have, what is still missing for the others, and handing one over."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any
from uuid import UUID

from flask import g, redirect, render_template, request, url_for

from app.domain.errors import Conflict, NotFound, ValidationErrors
from app.domain.permissions import Permission
from app.queries.enrollments import enrollments_of
from app.queries.members import member as read_member
from app.queries.vouchers import voucher as read_voucher
from app.queries.vouchers import vouchers_of
from app.services.voucher_use import redeem_voucher
from app.web.support.context import shop_icon
from app.web.support.doors import area, page
from app.web.support.htmx import SEE_OTHER
from app.web.support.rewards import ready_rewards
from app.web.support.standings import standings
from app.web.till import counter
from app.web.till.forms import as_uuid
from app.web.till.frame import frame, remembered_location

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
    shown = counter.customer(read_member(member_id))
    return render_template("till/given.html", **frame(), **shown, words=voucher["description"])


@page(bp, "/vouchers/<code>", permission=Permission.VOUCHER_REDEEM)
def voucher(code: str) -> str:
    """Show the reward whose code was scanned, with its customer."""
    found = read_voucher(code)
    member = read_member(found["memberId"])
    errors = {"": _STATES[found["status"]]} if found["status"] in _STATES else {}
    return _page(member, errors, only=found)


def _page(member: Mapping[str, Any], errors: dict[str, str], only: Mapping[str, Any] | None = None) -> str:
    ready = [one for one in vouchers_of(member["id"], limit=_MOST).rows if one["status"] == "available"]
    shown = [one for one in ready if only is None or one["id"] == only["id"]]
    drawn = standings(enrollments_of(member["id"]), currency=g.business["currency"], icon=shop_icon())
    return render_template(
        "till/redeem.html",
        **frame(),
        **counter.customer(member),
        ready=ready_rewards(shown, {}),
        missing=[{"words": one["sentence"], "note": one["headline"]} for one in drawn if _is_missing(one)],
        values={"location_id": request.form.get("location_id") or remembered_location()},
        errors=errors,
        is_scanned=only is not None,
    )


def _is_missing(standing: Mapping[str, Any]) -> bool:
    """Say whether a reward lies ahead: a card, a goal or a number of points that is not reached."""
    return standing["total"] > standing["filled"] and str(standing["sentence"]).startswith("Next")


def _voucher_of(member_id: UUID, voucher_id: UUID | None) -> dict[str, Any] | None:
    rows = vouchers_of(member_id, limit=_MOST).rows
    return next((one for one in rows if one["id"] == voucher_id), None)


def _location() -> UUID | None:
    locations = frame()["locations"]
    return as_uuid(request.form.get("location_id", "")) or (as_uuid(locations[0][0]) if len(locations) == 1 else None)
