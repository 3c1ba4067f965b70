"""Everything kept about one member, complete, for the member who asks for a copy."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any
from uuid import UUID

from sqlalchemy import select

from app.core.unit_of_work import session
from app.models.member import Member
from app.queries.activity import activity_of
from app.queries.consents import consent_history
from app.queries.enrollments import enrollments_of
from app.queries.ledger_entries import ledger_of
from app.queries.members import member
from app.queries.paging import MOST_ROWS, Slice
from app.queries.portal_callers import devices_of
from app.queries.purchases import purchases_slice
from app.queries.vouchers import vouchers_of


def member_copy(member_id: UUID, currency: str) -> dict[str, Any]:
    """Return the member with all that belongs to them; amounts of money in minor units. Raises NotFound."""
    return {
        "amounts": f"Money is in the smallest unit of {currency}.",
        "member": member(member_id),
        "confirmedEmail": session().scalar(select(Member.confirmed_email).where(Member.id == member_id)),
        "consents": consent_history(member_id),
        "devices": devices_of(member_id),
        "programs": enrollments_of(member_id),
        "purchases": _all(lambda after: purchases_slice(currency, member_id=member_id, cursor=after, limit=MOST_ROWS)),
        "movements": _all(lambda after: ledger_of(member_id, currency, cursor=after, limit=MOST_ROWS)),
        "rewards": _all(lambda after: vouchers_of(member_id, cursor=after, limit=MOST_ROWS)),
        "events": _all(lambda after: activity_of(member_id, cursor=after, limit=MOST_ROWS)),
    }


def _all(read: Callable[[str | None], Slice]) -> list[dict[str, Any]]:
    rows: list[dict[str, Any]] = []
    after = None
    while True:
        found = read(after)
        rows += found.rows
        after = found.next_cursor
        if after is None:
            return rows
