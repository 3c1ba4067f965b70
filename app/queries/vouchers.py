"""Reads vouchers by member and by code; one past its time is expired whether or not a job has said so."""

from __future__ import annotations

from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy import select

from app.core import clock
from app.core.unit_of_work import session
from app.domain.errors import NotFound
from app.domain.money import format_money
from app.domain.reward_registry import CREDIT, told_value
from app.models.voucher import Voucher
from app.queries.currency import currency as business_currency
from app.queries.paging import Slice, older_than, slice_of
from app.queries.statements import AnyRow, AnySelect


def voucher(code: str) -> dict[str, Any]:
    """The voucher object of API.md. Raises NotFound."""
    row = session().execute(_rows().where(Voucher.code.in_(spellings(code))).limit(1)).first()
    if row is None:
        raise NotFound("voucher")
    return _voucher_object(row, clock.now(), business_currency())


def spellings(code: str) -> set[str]:
    """How a typed code may be stored: ours in capitals, a list's as it came; not at all where it is no text."""
    typed = code.strip()
    return {typed, typed.upper()} if typed.isprintable() else set()


def vouchers_of(member_id: UUID, *, cursor: str | None = None, limit: int = 20) -> Slice:
    """A member's vouchers, the newest first. Raises UnknownCursor."""
    now, currency = clock.now(), business_currency()
    newest = (
        _rows()
        .where(Voucher.member_id == member_id, older_than(Voucher.issued_at, Voucher.id, cursor))
        .order_by(Voucher.issued_at.desc(), Voucher.id.desc())
        .limit(limit + 1)
    )
    return slice_of([_voucher_object(row, now, currency) for row in session().execute(newest)], limit, at="issuedAt")


def _rows() -> AnySelect:
    return select(
        Voucher.id,
        Voucher.code,
        Voucher.member_id,
        Voucher.program_id,
        Voucher.redemption_id,
        Voucher.reward_id,
        Voucher.reward_type,
        Voucher.reward_value,
        Voucher.description,
        Voucher.status,
        Voucher.issued_at,
        Voucher.expires_at,
        Voucher.redeemed_at,
        Voucher.location_id,
    )


def _voucher_object(row: AnyRow, now: datetime, currency: str) -> dict[str, Any]:
    is_over = row.status == "available" and row.expires_at is not None and row.expires_at <= now
    return {
        "id": row.id,
        "code": row.code,
        "memberId": row.member_id,
        "programId": row.program_id if row.redemption_id is None else None,
        "rewardId": row.reward_id,
        "rewardType": row.reward_type,
        "rewardValue": _worth(row, currency),
        "description": row.description,
        "status": "expired" if is_over else row.status,
        "issuedAt": row.issued_at,
        "expiresAt": row.expires_at,
        "redeemedAt": row.redeemed_at,
        "locationId": row.location_id,
    }


def _worth(row: AnyRow, currency: str) -> Any:
    """What it is worth: a rule's own value, or the catalogue's; money as a decimal string."""
    if row.redemption_id is not None and row.reward_type != CREDIT:
        return told_value(row.reward_value, currency)
    if row.reward_type != CREDIT:
        return row.reward_value
    minor = row.reward_value["amount"] if isinstance(row.reward_value, dict) else row.reward_value
    return format_money(int(minor), currency)
