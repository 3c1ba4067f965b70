"""Reads what somebody is changing in a live program, and who changed it in the meantime."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy import select

from app.core.unit_of_work import session
from app.domain.errors import NotFound
from app.domain.wizard import WizardState
from app.models.audit_log import AuditRecord
from app.models.program import Program, ProgramVersion
from app.models.program_edit import ProgramEdit

DATES = ("startsAt", "endsAt", "redeemUntil")


@dataclass(frozen=True, slots=True)
class Edit:
    """One person's unpublished changes: the body that they began with, its ``version``, and what is typed since."""

    base: Mapping[str, Any]
    base_version: int
    state: WizardState
    started_at: datetime


@dataclass(frozen=True, slots=True)
class LatestChange:
    """Who changed a program last, and when."""

    by: str
    at: datetime


def edit_of(program_id: UUID, user_id: UUID | None) -> Edit | None:
    """The edit that a user has begun; one statement."""
    wanted = select(ProgramEdit).where(ProgramEdit.program_id == program_id, ProgramEdit.user_id == user_id)
    row = session().scalars(wanted).one_or_none()
    if row is None:
        return None
    base = {key: _instant(value) if key in DATES else value for key, value in row.base.items()}
    return Edit(base, row.base_version, WizardState.from_json(row.wizard), row.started_at)


def current_body(program_id: UUID) -> tuple[dict[str, Any], int]:
    """A program as the body that would make it, and its ``version``; one statement. Raises NotFound."""
    newest = (ProgramVersion.program_id == Program.id) & (ProgramVersion.number == Program.newest_version)
    wanted = select(Program, ProgramVersion.snapshot).join(ProgramVersion, newest)
    row = session().execute(wanted.where(Program.id == program_id, Program.deleted_at.is_(None))).one_or_none()
    if row is None:
        raise NotFound("program")
    program, snapshot = row
    return body_of(program, snapshot), program.version


def body_of(program: Program, snapshot: Mapping[str, Any]) -> dict[str, Any]:
    """A stored program as a body; instants are not yet text."""
    plain = {key: value for key, value in snapshot.items() if key != "ruleConfigDomain"}
    dates = {"startsAt": program.starts_at, "endsAt": program.ends_at, "redeemUntil": program.redeem_until}
    return {"name": program.name, "description": program.description, **dates, **plain}


def latest_change(program_id: UUID) -> LatestChange | None:
    """Who changed what a program says last; by the index of the audit log."""
    wanted = (
        select(AuditRecord.actor_name, AuditRecord.recorded_at)
        .where(AuditRecord.target_id == program_id, AuditRecord.action == "program.updated")
        .order_by(AuditRecord.recorded_at.desc())
        .limit(1)
    )
    row = session().execute(wanted).one_or_none()
    return None if row is None else LatestChange(row.actor_name or "Somebody", row.recorded_at)


def _instant(text: str | None) -> datetime | None:
    return None if text is None else datetime.fromisoformat(text)
