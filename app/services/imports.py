"""Imports files of purchases: batch by batch, each one transaction, each order once for ever (business key)."""

from __future__ import annotations

import time
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from functools import partial
from itertools import islice
from uuid import UUID

from sqlalchemy import func, select, update

from app.core.faults import fault
from app.core.unit_of_work import session, unit_of_work
from app.domain.actor import Actor
from app.domain.purchase_file import FileTerms, UnreadableRow, order_of
from app.domain.purchase_order import PurchaseOrder
from app.models.member import Member
from app.models.purchase import Purchase
from app.services.purchase_files import PurchaseFile, RejectFile
from app.services.purchases import Recorded, record_purchases

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
    rejects: RejectFile,
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
        orders = _read(batch, terms, rejects, totals)
        if orders:
            _patiently(partial(_record, business_id, orders, actor, rejects, totals))
        on_batch(totals)
    _patiently(partial(_backdate_members, business_id, terms.now))
    return totals


@dataclass(frozen=True, slots=True)
class _Read:
    """A row that could be read."""

    line: int
    cells: Sequence[str]
    order: PurchaseOrder


_Batch = Sequence[tuple[int, list[str], Mapping[str, str]]]


def _batches(file: PurchaseFile) -> Iterator[_Batch]:
    rows = ((line, cells, dict(zip(file.header, cells, strict=False))) for line, cells in file.rows())
    while batch := list(islice(rows, BATCH)):
        yield batch


def _read(batch: _Batch, terms: FileTerms, rejects: RejectFile, totals: ImportTotals) -> list[_Read]:
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
            found.append(_Read(line, cells, order))
    return found


def _record(business_id: UUID, rows: Sequence[_Read], actor: Actor, rejects: RejectFile, totals: ImportTotals) -> None:
    """One transaction; what is counted and rejected is told only once it is committed."""
    with unit_of_work(business_id):
        answers = record_purchases([row.order for row in rows], actor=actor, is_historical=True)
    for row, answer in zip(rows, answers, strict=True):
        if not isinstance(answer, Recorded):
            rejects.add(row.line, answer.message, row.cells)
            totals.rejected += 1
        elif answer.is_new:
            totals.recorded += 1
        else:
            totals.known_before += 1


def _backdate_members(business_id: UUID, since: datetime) -> None:
    """Have members who were made by this import (``since`` its begin) join with the first purchase it brought."""
    first = select(func.min(Purchase.occurred_at)).where(Purchase.member_id == Member.id).scalar_subquery()
    with unit_of_work(business_id):
        session().execute(
            update(Member)
            .where(Member.joined_at >= since, first < Member.joined_at)
            .values(joined_at=first)
            .execution_options(synchronize_session=False)
        )


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
