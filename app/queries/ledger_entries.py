"""Reads a member's ledger, the newest entry first, with the reason of each in plain words."""

from __future__ import annotations

from typing import Any
from uuid import UUID

from sqlalchemy import select

from app.core.unit_of_work import session
from app.domain.explain import sentence
from app.models.ledger import EntryNote, LedgerEntry
from app.models.member import Member
from app.models.program import ProgramVersion
from app.queries.paging import Slice, older_than, slice_of
from app.queries.statements import AnyRow


def ledger_of(
    member_id: UUID, currency: str, *, program_id: UUID | None = None, cursor: str | None = None, limit: int = 20
) -> Slice:
    """Entries of a member, of one program or of all. Amounts are points, or minor units where ``unit`` is money.

    For a member with a private multiplier no explanation shows arithmetic (RULES 6). Raises UnknownCursor.
    """
    entries = (
        select(LedgerEntry, EntryNote.note, ProgramVersion.number.label("version_number"), Member.private_multiplier)
        .join(Member, Member.id == LedgerEntry.member_id)
        .outerjoin(EntryNote, EntryNote.entry_id == LedgerEntry.id)
        .outerjoin(ProgramVersion, ProgramVersion.id == LedgerEntry.version_id)
        .where(LedgerEntry.member_id == member_id, older_than(LedgerEntry.recorded_at, LedgerEntry.id, cursor))
        .order_by(LedgerEntry.recorded_at.desc(), LedgerEntry.id.desc())
        .limit(limit + 1)
    )
    if program_id is not None:
        entries = entries.where(LedgerEntry.program_id == program_id)
    return slice_of([_entry_object(row, currency) for row in session().execute(entries)], limit, at="recordedAt")


def _entry_object(row: AnyRow, currency: str) -> dict[str, Any]:
    entry = row.LedgerEntry
    return {
        "id": entry.id,
        "programId": entry.program_id,
        "programVersion": row.version_number,
        "kind": entry.kind,
        "unit": entry.unit,
        "amount": entry.amount,
        "balanceAfter": entry.balance_after,
        "purchaseId": entry.purchase_id,
        "reversesEntryId": entry.reverses_entry_id,
        "locationId": entry.location_id,
        "occurredAt": entry.occurred_at,
        "recordedAt": entry.recorded_at,
        "note": row.note,
        "explanation": sentence(entry.trace, currency, hide_arithmetic=row.private_multiplier is not None),
    }
