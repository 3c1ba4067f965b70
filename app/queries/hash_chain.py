"""Replays the hash chain of every enrollment: order, running balance and seal of each entry."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any
from uuid import UUID

from sqlalchemy import select
from sqlalchemy.orm import Session

from app.domain.ledger import entry_hash
from app.models.ledger import LedgerEntry

_COLUMNS = LedgerEntry.__table__.c
_AT_ONCE = 5_000


def broken_links(session: Session, business_id: UUID) -> Iterator[tuple[UUID, str]]:
    """(entry id, what is wrong) for each entry that does not follow from the one before it; streamed."""
    statement = (
        select(*_COLUMNS)
        .where(_COLUMNS.business_id == business_id)
        .order_by(_COLUMNS.enrollment_id, _COLUMNS.number)
        .execution_options(yield_per=_AT_ONCE)
    )
    previous: Any = None
    for entry in session.execute(statement).mappings():
        if previous is not None and previous["enrollment_id"] != entry["enrollment_id"]:
            previous = None
        if problem := _problem(previous, entry):
            yield entry["id"], problem
        previous = entry


def _problem(previous: Any, entry: Any) -> str | None:
    number, balance, seal = (
        (previous["number"], previous["balance_after"], previous["hash"]) if previous else (0, 0, None)
    )
    if entry["number"] != number + 1:
        return f"entry {entry['number']} follows entry {number}"
    if entry["balance_after"] != balance + entry["amount"]:
        return f"the balance goes from {balance} by {entry['amount']} to {entry['balance_after']}"
    if entry["previous_hash"] != seal:
        return "it is not sealed to the entry before it"
    if entry["hash"] != entry_hash(seal, entry):
        return "its content does not match its hash"
    return None
