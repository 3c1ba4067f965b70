"""Asks for an export of members: small ones are sent at once, big ones become an operation with a file."""

from __future__ import annotations

from collections.abc import Mapping
from uuid import UUID

from sqlalchemy import select

from app.core.unit_of_work import session
from app.domain.actor import Actor
from app.domain.csv_cells import BOM, csv_bytes
from app.models.program import Program
from app.queries.member_list import count_matching
from app.queries.member_table import table_header, table_rows
from app.services import audit, operations
from app.services.member_export_steps import member_filter

AT_ONCE = 5_000


def export_members(stored: Mapping[str, str], *, actor: Actor) -> bytes | UUID:
    """The CSV of members who match a filter (its parts as text), or the operation that makes it. Audited.

    Points are those of the business's first program with points.
    """
    wanted = member_filter(dict(stored))
    total = count_matching(wanted)
    if total > AT_ONCE:
        return _started(stored, total, actor)
    _audit(stored, total, actor)
    rows, _ = table_rows(wanted, _points_program(), limit=AT_ONCE + 1)
    return BOM + csv_bytes([table_header(), *rows])


def start_export(stored: Mapping[str, str], *, actor: Actor) -> UUID:
    """The operation that makes the CSV, however many match. Audited."""
    return _started(stored, count_matching(member_filter(dict(stored))), actor)


def _started(stored: Mapping[str, str], total: int, actor: Actor) -> UUID:
    _audit(stored, total, actor)
    params = {"filter": dict(stored), "programId": str(_points_program() or "")}
    return operations.start_operation("member_export", total=total, actor=actor, params=params)


def _audit(stored: Mapping[str, str], total: int, actor: Actor) -> None:
    audit.record(actor, "members.exported", ("member", None), None, {"rows": total, "filter": sorted(stored)})


def _points_program() -> UUID | None:
    wanted = select(Program.id).where(Program.rule_type == "POINTS_BASED", Program.deleted_at.is_(None))
    return session().scalar(wanted.order_by(Program.state != "active", Program.created_at, Program.id).limit(1))
