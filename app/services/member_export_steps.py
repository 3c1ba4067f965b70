"""Exports many members: so many rows a step, each a part of one file that can be fetched for a week."""

from __future__ import annotations

from uuid import UUID

from app.core import clock
from app.domain.csv_cells import BOM, csv_bytes
from app.models.operation import Operation
from app.queries.member_search import MemberFilter
from app.queries.member_table import table_header, table_rows
from app.services import operations

AT_ONCE = 2_000


def export_some(operation: Operation) -> None:
    """Write the next part; ``place`` is the last member written."""
    params = dict(operation.params)
    program_id = UUID(params["programId"]) if params["programId"] else None
    wanted = member_filter(params["filter"])
    after = UUID(operation.place) if operation.place else None
    rows, last = table_rows(wanted, program_id, after=after, limit=AT_ONCE)
    head = BOM + csv_bytes([table_header()]) if after is None else b""
    operations.add_file_part(operation, head + csv_bytes(rows))
    operations.advance(operation, len(rows), rows=len(rows))
    operation.place = str(last or "")
    if last is None:
        operations.offer_file(operation, f"members-{clock.now():%Y-%m-%d}.csv")
        operations.finish(operation)


def member_filter(stored: dict[str, str]) -> MemberFilter:
    """A filter as it was kept with the operation."""
    ids = {name: UUID(stored[name]) for name in ("program_id", "tag_id") if stored.get(name)}
    month = int(stored["birth_month"]) if stored.get("birth_month") else None
    texts = {name: stored[name] for name in ("q", "status", "segment", "tier", "last_visit") if stored.get(name)}
    return MemberFilter(
        q=texts.pop("q", ""),
        status=texts.get("status"),
        segment=texts.get("segment"),
        tier=texts.get("tier"),
        last_visit=texts.get("last_visit"),
        program_id=ids.get("program_id"),
        tag_id=ids.get("tag_id"),
        birth_month=month,
        has_unredeemed=stored.get("has_unredeemed") == "1",
        ids=tuple(map(UUID, stored.get("ids", "").split())),
    )
