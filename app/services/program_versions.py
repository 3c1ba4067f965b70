"""Keeps the versions of programs: each an immutable snapshot, with what it changed in words (RULES 1)."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy import select

from app.core.ids import new_id
from app.core.unit_of_work import session
from app.domain.actor import Actor
from app.domain.program_changes import changes_between
from app.models.program import Program, ProgramVersion
from app.queries.location_names import location_names


def add_version(
    program: Program, snapshot: Mapping[str, Any], actor: Actor, now: datetime, *, before: Mapping[str, Any] | None
) -> UUID:
    """Make a snapshot the program's newest version; returns its id. The caller holds the program's lock."""
    program.newest_version += 1
    program.rule_type = snapshot["ruleType"]
    version = ProgramVersion(
        id=new_id(),
        program_id=program.id,
        number=program.newest_version,
        snapshot=dict(snapshot),
        changes=[] if before is None else _words(before, snapshot),
        created_at=now,
        created_by=actor.name,
    )
    session().add(version)
    session().flush()
    return version.id


def _words(before: Mapping[str, Any], after: Mapping[str, Any]) -> list[str]:
    ids = {*before["locationIds"], *after["locationIds"]} if before["locationIds"] != after["locationIds"] else set()
    return [change.words for change in changes_between(before, after, names=location_names(ids))]


def newest_snapshot(program: Program) -> dict[str, Any]:
    """The snapshot of a program's newest version."""
    newest = select(ProgramVersion.snapshot).where(
        ProgramVersion.program_id == program.id, ProgramVersion.number == program.newest_version
    )
    snapshot: dict[str, Any] = session().execute(newest).scalar_one()
    return snapshot


def whole_body(program: Program, snapshot: Mapping[str, Any]) -> dict[str, Any]:
    """A stored program as the body that would make it."""
    dates = {"startsAt": program.starts_at, "endsAt": program.ends_at, "redeemUntil": program.redeem_until}
    said = {key: None if at is None else at.isoformat() for key, at in dates.items()}
    return {"name": program.name, "description": program.description, **said, **snapshot}
