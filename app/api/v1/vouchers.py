"""Vouchers: looked up and handed in by the code that a member shows."""

from __future__ import annotations

from typing import Any

from flask import Blueprint

from app.api.member_shapes import VoucherShape
from app.api.reward_shapes import RedeemVoucherBody
from app.api.routing import route
from app.domain.permissions import Caller, Permission
from app.queries import vouchers
from app.services.voucher_use import redeem_voucher

bp = Blueprint("vouchers", __name__, url_prefix="/vouchers")


@route(bp, "GET", "/<code>", permission=Permission.VOUCHER_VIEW, answers={200: VoucherShape}, limit="look_up")
def read_voucher(code: str) -> dict[str, Any]:
    """Look a voucher up by its code."""
    return vouchers.voucher(code)


@route(
    bp,
    "POST",
    "/<code>/redeem",
    permission=Permission.VOUCHER_REDEEM,
    body=RedeemVoucherBody,
    answers={200: VoucherShape},
    limit="look_up",
)
def redeem(code: str, body: RedeemVoucherBody, caller: Caller) -> dict[str, Any]:
    """Hand a voucher in, once."""
    redeem_voucher(code, body.location_id, caller.actor)
    return vouchers.voucher(code)
