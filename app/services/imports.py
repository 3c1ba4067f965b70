"""Imports files of purchases: batch by batch, each one transaction, each order once for ever (business key)."""

from __future__ import annotations

import time
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from functools import partial
from itertools import islice
from typing import Protocol
from uuid import UUID

from sqlalchemy import func, select, update

from app.core.faults import fault
from app.core.unit_of_work import session, unit_of_work
from app.domain.actor import Actor
from app.domain.purchase_file import FileTerms, UnreadableRow, order_of
from app.domain.purchase_order import PurchaseOrder
from app.models.member import Member
from app.models.purchase import Purchase
from app.services.purchase_files import PurchaseFile
from app.services.purchases import Recorded, Refused, record_purchases

BATCH = 1_000
_TRIES = 10
_PAUSE_SECONDS = 0.2


@dataclass(slots=True)
class ImportTotals:
    """What became of the rows: every row is one of the four."""

    recorded: int = 0
    known_before: int = 0
    without_member: int = 0
    rejected: int = 0

    @property
    def rows(self) -> int:
        """All rows that were looked at."""
        return self.recorded + self.known_before + self.without_member + self.rejected


def import_purchases(
    business_id: UUID,
    file: PurchaseFile,
    terms: FileTerms,
    rejects: Rejects,
    *,
    actor: Actor,
    on_batch: Callable[[ImportTotals], None] = lambda _: None,
) -> ImportTotals:
    """Record every row of a file as history (nobody gets a message) and return what became of them.

    Opens its own transactions. Run again, or by two processes at once, it records each order once: the business key is
    (source, order id). Members are made on the way, and count as having joined with their first purchase.
    """
    totals = ImportTotals()
    for batch in _batches(file):
        orders = read_rows(batch, terms, rejects, totals)
        if orders:
            _patiently(partial(_record, business_id, orders, actor, rejects, totals))
        on_batch(totals)
    _patiently(partial(_backdate, business_id, terms.now))
    return totals


class Rejects(Protocol):
    """Where rows that are refused go."""

    def add(self, line: int, reason: str, cells: Sequence[str]) -> None:
        """Keep a row and why it was refused."""


@dataclass(frozen=True, slots=True)
class ReadRow:
    """A row that could be read."""

    line: int
    cells: Sequence[str]
    order: PurchaseOrder


Batch = Sequence[tuple[int, list[str], Mapping[str, str]]]


def _batches(file: PurchaseFile) -> Iterator[Batch]:
    rows = ((line, cells, dict(zip(file.header, cells, strict=False))) for line, cells in file.rows())
    while batch := list(islice(rows, BATCH)):
        yield batch


def read_rows(batch: Batch, terms: FileTerms, rejects: Rejects, totals: ImportTotals) -> list[ReadRow]:
    """The rows (line, cells, cells by column) that are purchases; the others are counted, with reasons."""
    found = []
    for line, cells, row in batch:
        try:
            if len(row) < len(cells) or any(column not in row for column in terms.columns.values()):
                raise UnreadableRow(f"The row has {len(cells)} cells, which does not fit the header")
            order = order_of(row, terms)
        except UnreadableRow as problem:
            rejects.add(line, str(problem), cells)
            totals.rejected += 1
            continue
        if order is None:
            totals.without_member += 1
        else:
            found.append(ReadRow(line, cells, order))
    return found


def record_rows(rows: Sequence[ReadRow], actor: Actor) -> list[Recorded | Refused]:
    """Record rows that were read as history, in the open transaction."""
    return record_purchases([row.order for row in rows], actor=actor, is_historical=True)


def count_answers(
    rows: Sequence[ReadRow], answers: Sequence[Recorded | Refused], rejects: Rejects, totals: ImportTotals
) -> None:
    """Count what became of rows, and keep those that were refused."""
    for row, answer in zip(rows, answers, strict=True):
        if not isinstance(answer, Recorded):
            rejects.add(row.line, answer.message, row.cells)
            totals.rejected += 1
        elif answer.is_new:
            totals.recorded += 1
        else:
            totals.known_before += 1


def backdate_members(since: datetime) -> None:
    """Have members who were made by an import (``since`` its begin) join with the first purchase it brought."""
    first = select(func.min(Purchase.occurred_at)).where(Purchase.member_id == Member.id).scalar_subquery()
    session().execute(
        update(Member)
        .where(Member.joined_at >= since, first < Member.joined_at)
        .values(joined_at=first)
        .execution_options(synchronize_session=False)
    )


def _record(business_id: UUID, rows: Sequence[ReadRow], actor: Actor, rejects: Rejects, totals: ImportTotals) -> None:
    """One transaction; what is counted and rejected is told only once it is committed."""
    with unit_of_work(business_id):
        answers = record_rows(rows, actor)
    count_answers(rows, answers, rejects, totals)


def _backdate(business_id: UUID, since: datetime) -> None:
    with unit_of_work(business_id):
        backdate_members(since)


def _patiently(work: Callable[[], None]) -> None:
    """Try again while another process holds the same rows: two imports of one file wait for each other."""
    for attempt in range(1, _TRIES + 1):
        try:
            work()
            return
        except Exception as error:
            if attempt == _TRIES or fault(error) not in ("busy", "try_again"):
                raise
            time.sleep(_PAUSE_SECONDS * attempt)
