"""Everything kept about a member, in one answer, for the member who asks."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any
from uuid import UUID

from app.api.money_fields import enrollment_answer, entry_answer, purchase_answer
from app.queries import activity, enrollments, ledger_entries, members, purchases, vouchers
from app.queries.paging import MOST_ROWS, Slice

Read = Callable[[str | None], Slice]


def member_export(member_id: UUID, currency: str) -> dict[str, Any]:
    """The member with enrollments, purchases, ledger, vouchers and activity, complete. Raises NotFound."""
    member = members.member(member_id)
    stood = enrollments.enrollments_of(member_id)
    bought = _all(
        lambda cursor: purchases.purchases_slice(currency, member_id=member_id, cursor=cursor, limit=MOST_ROWS)
    )
    booked = _all(lambda cursor: ledger_entries.ledger_of(member_id, currency, cursor=cursor, limit=MOST_ROWS))
    return {
        "member": member,
        "enrollments": [enrollment_answer(entry, currency) for entry in stood],
        "purchases": [purchase_answer(purchase) for purchase in bought],
        "ledger": [entry_answer(entry, currency) for entry in booked],
        "vouchers": _all(lambda cursor: vouchers.vouchers_of(member_id, cursor=cursor, limit=MOST_ROWS)),
        "activity": _all(lambda cursor: activity.activity_of(member_id, cursor=cursor, limit=MOST_ROWS)),
    }


def _all(read: Read) -> list[dict[str, Any]]:
    rows: list[dict[str, Any]] = []
    cursor = None
    while True:
        found = read(cursor)
        rows += found.rows
        cursor = found.next_cursor
        if cursor is None:
            return rows
