"""The rows of an import that could not be done, as a file to correct and send again."""

from __future__ import annotations

from uuid import UUID

from app.domain.csv_cells import BOM, csv_bytes
from app.models.operation import Operation
from app.queries.member_imports import failed_rows
from app.services import operations

AT_ONCE = 5_000


def offer_failed_rows(operation: Operation, import_id: UUID, header: list[str]) -> None:
    """Give the operation a file of the rows that failed, each with its reason and line; none, no file."""
    rows = failed_rows(import_id)
    if not rows:
        return
    operations.add_file_part(operation, BOM + csv_bytes([[*header, "Reason", "Line"]]))
    for place in range(0, len(rows), AT_ONCE):
        some = rows[place : place + AT_ONCE]
        operations.add_file_part(operation, csv_bytes([*row.cells, row.problem, row.line] for row in some))
    operations.offer_file(operation, "members-failed.csv")
