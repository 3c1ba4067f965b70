"""All that the database keeps of a business, table by table, to see whether a request has changed anything."""

from __future__ import annotations

from functools import cache
from uuid import UUID

from sqlalchemy import text

from app.core.model import Base
from app.core.unit_of_work import session, unit_of_work

RINGS = frozenset({"due"})
"""Tables that only say that something waits: who finds a ring already there adds none."""


@cache
def _statement() -> str:
    tables = sorted(table.name for table in Base.metadata.tables.values() if "business_id" in table.columns)
    selects = [
        f"SELECT '{name}', count(*), coalesce(md5(string_agg(row, '' ORDER BY row)), '') "
        f"FROM (SELECT md5({name}::text) AS row FROM {name} WHERE business_id = :business_id) AS found"
        for name in tables
        if name not in RINGS
    ]
    return " UNION ALL ".join(selects)


def rows_of(business_id: UUID) -> dict[str, tuple[int, str]]:
    """Return how many rows each table has of the business, and a digest of what they say."""
    with unit_of_work(business_id):
        found = session().execute(text(_statement()), {"business_id": business_id})
        return {name: (number, digest) for name, number, digest in found}


def counts_of(business_id: UUID) -> dict[str, int]:
    """Return how many rows each table has of the business."""
    return {name: number for name, (number, _) in rows_of(business_id).items()}
