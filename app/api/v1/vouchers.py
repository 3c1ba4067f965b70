"""Vouchers: looked up by the code that a member shows."""

from __future__ import annotations

from typing import Any

from flask import Blueprint

from app.api.member_shapes import VoucherShape
from app.api.routing import route
from app.domain.permissions import Permission
from app.queries import vouchers

bp = Blueprint("vouchers", __name__, url_prefix="/vouchers")


@route(bp, "GET", "/<code>", permission=Permission.VOUCHER_VIEW, answers={200: VoucherShape}, limit="ingest")
def read_voucher(code: str) -> dict[str, Any]:
    """Look a voucher up by its code."""
    return vouchers.voucher(code)
