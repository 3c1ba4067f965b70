"""Exports purchases: so many rows a step, each a part of one file that can be fetched for a week."""

from __future__ import annotations

from datetime import datetime
from typing import Any
from uuid import UUID

from app.core import clock
from app.domain.csv_cells import BOM, csv_bytes
from app.models.operation import Operation
from app.queries.currency import currency
from app.queries.purchase_table import HEADER, purchase_conditions, purchase_rows
from app.services import operations

AT_ONCE = 2_000


def export_some(operation: Operation) -> None:
    """Write the next part; ``place`` is the last purchase written."""
    after = UUID(operation.place) if operation.place else None
    rows, last = purchase_rows(_conditions(dict(operation.params)), currency(), after=after, limit=AT_ONCE)
    head = BOM + csv_bytes([HEADER]) if after is None else b""
    operations.add_file_part(operation, head + csv_bytes(rows))
    operations.advance(operation, len(rows), purchases=len(rows))
    operation.place = str(last or "")
    if last is None:
        operations.offer_file(operation, f"purchases-{clock.now():%Y-%m-%d}.csv")
        operations.finish(operation)


def _conditions(params: dict[str, str]) -> list[Any]:
    return purchase_conditions(
        member_id=UUID(params["memberId"]) if "memberId" in params else None,
        status=params.get("status"),
        from_=datetime.fromisoformat(params["from"]) if "from" in params else None,
        to=datetime.fromisoformat(params["to"]) if "to" in params else None,
    )
