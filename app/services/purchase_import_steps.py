"""Runs an import of purchases: a part of the file a step, each step one transaction, each order once for ever."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import asdict, dataclass, field
from typing import Any
from zoneinfo import ZoneInfo

from pydantic.alias_generators import to_camel

from app.core import clock, serial
from app.core.failpoints import reach
from app.core.unit_of_work import session
from app.domain.actor import Actor
from app.domain.csv_cells import BOM, csv_bytes
from app.domain.purchase_file import FileTerms
from app.models.operation import Operation
from app.queries.currency import currency
from app.services import operations
from app.services.imports import (
    ImportTotals,
    ReadRow,
    backdate_members,
    count_answers,
    read_rows,
    record_rows,
)
from app.services.purchases import Recorded, Refused

_FILE = "purchases-rejected.csv"


def import_some(operation: Operation) -> None:
    """Record the next part. Business key: (source, order id), so that a file sent twice records nothing twice."""
    _do_part(operation, record_rows)
    reach("purchase_import.step")


def check_some(operation: Operation) -> None:
    """Say what recording the next part would do: it is done, and taken back."""
    _do_part(operation, _recorded_and_taken_back)


def stop(operation: Operation) -> None:
    """An import that was stopped is over; what it recorded stays."""
    operations.forget_parts(operation)


@dataclass(slots=True)
class _Rejected:
    """The rows of a part that were refused, as rows of the file for whoever sent it."""

    rows: list[list[Any]] = field(default_factory=list)

    def add(self, line: int, reason: str, cells: Sequence[str]) -> None:
        """Keep a row and why it was refused."""
        self.rows.append([*cells, reason, line])


def _do_part(operation: Operation, record: Any) -> None:
    part = operations.take_part(operation)
    if part is None:
        _close(operation)
        return
    totals, rejected = ImportTotals(), _Rejected()
    params: dict[str, Any] = dict(operation.params)
    batch = [(line, cells, dict(zip(params["header"], cells, strict=True))) for line, cells in serial.loads(part)]
    read = read_rows(batch, _terms(params), rejected, totals)
    if read:
        count_answers(read, record(read, Actor("import", None, f"import {params['source']}")), rejected, totals)
    _keep_rejected(operation, params["header"], rejected)
    figures = {to_camel(name): count for name, count in asdict(totals).items() if count}
    operations.advance(operation, len(batch), **figures)


def _close(operation: Operation) -> None:
    if operation.kind == "purchase_import" and operation.started_at is not None:
        backdate_members(operation.started_at)
    if operation.figures.get("rejected"):
        operations.offer_file(operation, _FILE)
    operations.finish(operation)


def _terms(params: dict[str, Any]) -> FileTerms:
    return FileTerms(
        columns=params["columns"],
        source=params["source"],
        currency=currency(),
        zone=ZoneInfo(params["zone"]),
        now=clock.now(),
        has_decimal_comma=params["hasDecimalComma"],
    )


def _keep_rejected(operation: Operation, header: list[str], rejected: _Rejected) -> None:
    if not rejected.rows:
        return
    head = [[*header, "Reason", "Line"]] if not operation.figures.get("rejected") else []
    operations.add_file_part(operation, (BOM if head else b"") + csv_bytes([*head, *rejected.rows]))


def _recorded_and_taken_back(rows: Sequence[ReadRow], actor: Actor) -> list[Recorded | Refused]:
    with session().begin_nested() as trial:
        answers = record_rows(rows, actor)
        trial.rollback()
    return answers
