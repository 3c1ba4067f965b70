"""Asks for an export of purchases: an operation that makes a file."""

from __future__ import annotations

from datetime import datetime
from uuid import UUID

from app.domain.actor import Actor
from app.queries.purchase_table import count_purchases, purchase_conditions
from app.services import audit, operations


def start_export(
    *, member_id: UUID | None, status: str | None, from_: datetime | None, to: datetime | None, actor: Actor
) -> UUID:
    """The operation that makes the CSV of the purchases that match, sold within ``[from_, to)``. Audited."""
    total = count_purchases(purchase_conditions(member_id=member_id, status=status, from_=from_, to=to))
    wanted = {
        "memberId": str(member_id) if member_id else None,
        "status": status,
        "from": from_.isoformat() if from_ else None,
        "to": to.isoformat() if to else None,
    }
    named = {name: value for name, value in wanted.items() if value is not None}
    audit.record(actor, "purchases.exported", ("purchase", None), None, {"rows": total, "filter": named})
    return operations.start_operation("purchase_export", total=total, actor=actor, params=named)
