"""A member turns points into a reward: looks at it, takes it, shows it at the counter, or puts it back."""

from __future__ import annotations

from typing import Any
from uuid import UUID

from flask import abort, flash, g, redirect, render_template, request, url_for
from werkzeug.wrappers import Response

from app.core.ids import new_id
from app.domain.errors import Conflict, NotFound, ValidationErrors
from app.queries.redemptions import redemption, redemptions_slice
from app.queries.reward_shelf import reward_shelf
from app.queries.rewards import hours_words
from app.queries.vouchers import vouchers_of
from app.services.redemption_moves import move_redemption
from app.services.redemptions import Delivery, request_redemption
from app.web.portal.door import acting_member, member_page
from app.web.portal.home import spaced
from app.web.support.doors import area

bp = area("portal_rewards", __name__, door="m")

SHOWN_SECONDS = 15 * 60

_MOST_VOUCHERS = 100
_OPEN = ("pending", "approved")
_WAYS = {"in_store": "In the shop", "digital": "Online", "shipping": "Send it to me"}
_LONGEST_ADDRESS = 500


@member_page(bp, "/rewards/<uuid:reward_id>", methods=("GET", "POST"))
def take(reward_id: UUID) -> Any:
    """Show what a reward costs and leaves, or take it: the same form sent twice takes it once."""
    entry = _entry(reward_id)
    if request.method == "GET":
        return _reward_page(entry, str(new_id()), {})
    key = request.form.get("key", "")[:64]
    try:
        redemption_id = request_redemption(
            g.member.member_id,
            reward_id,
            actor=acting_member(),
            program_id=entry["programId"],
            delivery=_delivery(entry),
            key=f"portal:{g.member.member_id}:{key}",
        )
    except Conflict as error:
        return _reward_page(entry, key, {"": error.message}), 422
    except ValidationErrors as error:
        return _reward_page(entry, key, {_field(path): said[0] for path, said in error.errors.items()}), 422
    made = redemption(redemption_id)
    if made["voucherId"] and made["deliveryMethod"] != "shipping":
        return redirect(url_for("portal_rewards.use", voucher_id=made["voucherId"]), 303)
    flash(f"You have asked for {made['name']}. We tell you as soon as it is on its way.", "ok")
    return redirect(url_for("portal.home"), 303)


@member_page(bp, "/use/<uuid:voucher_id>")
def use(voucher_id: UUID) -> Any:
    """Show one reward with its code to the staff; the screen leaves by itself after a quarter of an hour."""
    voucher = _voucher(voucher_id)
    return render_template(
        "portal/use.html",
        voucher=voucher,
        code={"text": spaced(voucher["code"]), "qr_text": voucher["code"]},
        seconds=SHOWN_SECONDS,
        minutes=SHOWN_SECONDS // 60,
        redemption=_open_redemption(voucher),
        hours=hours_words(voucher["rewardId"]),
    )


@member_page(bp, "/use/<uuid:voucher_id>/put-back", methods=("POST",))
def put_back(voucher_id: UUID) -> Response:
    """Cancel what was taken for points: they go back to where they came from."""
    found = _open_redemption(_voucher(voucher_id))
    if found is None:
        abort(404)
    try:
        move_redemption(found["id"], "cancelled", actor=acting_member(), notes="Put back by the member")
    except Conflict as error:
        flash(error.message, "bad")
        return redirect(url_for("portal_rewards.use", voucher_id=voucher_id), 303)
    flash(f"Your {found['pointsRedeemed']:,} points are back.", "ok")
    return redirect(url_for("portal.home"), 303)


def _entry(reward_id: UUID) -> dict[str, Any]:
    for entry in reward_shelf(g.member.member_id, named=reward_id):
        if entry["id"] == reward_id:
            return entry
    raise NotFound("reward")


def _voucher(voucher_id: UUID) -> dict[str, Any]:
    for voucher in vouchers_of(g.member.member_id, limit=_MOST_VOUCHERS).rows:
        if voucher["id"] == voucher_id:
            return voucher
    raise NotFound("voucher")


def _open_redemption(voucher: dict[str, Any]) -> dict[str, Any] | None:
    """Return what was taken for points and can still be put back; None for a reward that was earned."""
    if voucher["programId"] is not None or voucher["status"] != "available":
        return None
    mine = redemptions_slice(statuses=_OPEN, member_id=g.member.member_id, limit=_MOST_VOUCHERS).rows
    return next((one for one in mine if one["voucherId"] == voucher["id"]), None)


def _delivery(entry: dict[str, Any]) -> Delivery:
    """What was chosen and typed; where there is nothing to choose, the only way there is."""
    method = request.form.get("delivery_method") or entry["deliveryMethods"][0]
    address = request.form.get("address", "").strip()[:_LONGEST_ADDRESS]
    return Delivery(method, address or None) if method == "shipping" else Delivery(method)


def _field(path: str) -> str:
    return {"shippingAddress": "address", "deliveryMethod": "delivery_method"}.get(path, "")


def _reward_page(entry: dict[str, Any], key: str, errors: dict[str, str]) -> str:
    ways = [(method, words) for method, words in _WAYS.items() if method in entry["deliveryMethods"]]
    return render_template(
        "portal/reward.html",
        reward=entry,
        key=key,
        errors=errors,
        ways=ways,
        chosen=request.form.get("delivery_method") or ways[0][0],
        address=request.form.get("address", ""),
    )
