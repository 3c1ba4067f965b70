"""Reads purchases as rows of a spreadsheet; the first columns are those that an import of purchases reads."""

from __future__ import annotations

from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy import ColumnElement, func, select

from app.core.unit_of_work import session
from app.domain.money import format_money
from app.models.location import Location
from app.models.member import Member
from app.models.purchase import Purchase

HEADER = (
    "Order id", "Sold at", "External id", "Amount", "Member name", "Member id", "Member number", "Source", "Kind",
    "Status", "Refunded", "Currency", "Location", "Recorded at", "Recorded by", "Purchase id",
)  # fmt: skip


def purchase_conditions(
    *, member_id: UUID | None, status: str | None, from_: datetime | None, to: datetime | None
) -> list[ColumnElement[bool]]:
    """What the rows of Purchase must meet; sold within ``[from_, to)``."""
    return [
        *([Purchase.member_id == member_id] if member_id else []),
        *([Purchase.status == status] if status else []),
        *([Purchase.occurred_at >= from_] if from_ else []),
        *([Purchase.occurred_at < to] if to else []),
    ]


def count_purchases(conditions: list[ColumnElement[bool]]) -> int:
    """How many match."""
    return session().scalar(select(func.count()).select_from(Purchase).where(*conditions)) or 0


def purchase_rows(
    conditions: list[ColumnElement[bool]], currency: str, *, after: UUID | None, limit: int
) -> tuple[list[list[Any]], UUID | None]:
    """Rows by the ids of the purchases from one on, and the last id (None: there are no more); one statement."""
    wanted = (
        select(Purchase, Member.external_id, Member.name, Member.code, Location.name.label("location"))
        .join(Member, Member.id == Purchase.member_id)
        .outerjoin(Location, Location.id == Purchase.location_id)
        .where(*conditions, *([Purchase.id > after] if after else []))
        .order_by(Purchase.id)
        .limit(limit)
    )
    found = session().execute(wanted).all()
    rows = [_row(each.Purchase, each, currency) for each in found]
    return rows, found[-1].Purchase.id if len(found) == limit else None


def _row(purchase: Purchase, beside: Any, currency: str) -> list[Any]:
    cells = [
        purchase.order_id,
        purchase.occurred_at.isoformat(),
        beside.external_id,
        format_money(purchase.amount_minor, currency),
        beside.name,
        purchase.member_id,
        beside.code,
        purchase.source,
        purchase.kind,
        purchase.status,
        format_money(purchase.refunded_minor, currency),
        currency,
        beside.location,
        purchase.recorded_at.isoformat(),
        purchase.recorded_by,
        purchase.id,
    ]
    return ["" if cell is None else cell for cell in cells]
