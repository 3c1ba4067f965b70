"""Makes and changes programs; what a program earns is kept in versions that never change (RULES 1)."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from typing import Any
from uuid import UUID

from app.core import clock
from app.core.ids import new_id
from app.core.unit_of_work import session
from app.domain.actor import Actor
from app.domain.errors import Conflict, ValidationErrors
from app.domain.events import EventType
from app.domain.lifecycle import Action, Status
from app.domain.program_body import ProgramDraft
from app.domain.program_changes import field_changes, in_body_terms
from app.models.program import Program
from app.services import audit
from app.services.live_periods import rearrange_period
from app.services.program_checks import checked_program
from app.services.program_facts import Happening, announce, status_of, touch
from app.services.program_index import list_program, relist_program
from app.services.program_lifecycle import apply_action
from app.services.program_locks import locked_program
from app.services.program_versions import add_version, newest_snapshot, whole_body

_DATES = ("starts_at", "ends_at")
_PLAIN = ("name", "description", "redeem_until")
_ENDED_MAY_CHANGE = frozenset(_PLAIN)
_SOUGHT = frozenset({"name", "description"})


def create_program(body: Mapping[str, Any], *, actor: Actor) -> UUID:
    """Make a draft, or a live program at once where the body says ``isActive``; returns the id.

    Raises ValidationErrors with every violation at once.
    """
    draft = checked_program(body)
    now = clock.now()
    if draft.is_active and draft.ends_at is not None and draft.ends_at <= now:
        raise ValidationErrors({"endsAt": ["End date must be in the future for a program that starts now"]})
    program = _added(draft, actor, now)
    announce([Happening(program, EventType.PROGRAM_CREATED, actor)], now)
    audit.record(actor, "program.created", ("program", program.id), None, _fields(program, draft.snapshot))
    if draft.is_active:
        apply_action([program], Action.ACTIVATE, actor, now)
    return program.id


def update_program(program_id: UUID, body: Mapping[str, Any], *, actor: Actor, if_match: int | None = None) -> None:
    """Change what the body names; what it leaves out keeps its value. Locks the program.

    A change of the snapshot makes the next version, effective from now on (RULES 1). Raises NotFound,
    PreconditionFailed, ValidationErrors, Conflict ``rule_type_fixed`` or ``program_ended``.
    """
    program = locked_program(program_id, if_match=if_match)
    if body.get("ruleType", program.rule_type) != program.rule_type and program.first_activated_at is not None:
        raise Conflict("rule_type_fixed", "The rule type is fixed once a program has been activated")
    snapshot = newest_snapshot(program)
    wanted = _without_state(program, body)
    draft = checked_program(_stored_body(program, snapshot) | wanted, sent=wanted)
    draft.ends_at = draft.ends_at if "endsAt" in wanted else program.ends_at
    changed = _changed(program, draft)
    is_new_version = draft.snapshot != snapshot
    if not changed and not is_new_version:
        return
    now = clock.now()
    _refuse(program, draft, changed, is_new_version, now)
    before = _fields(program, snapshot)
    version_id = add_version(program, draft.snapshot, actor, now, before=snapshot) if is_new_version else None
    for field in changed:
        setattr(program, field, getattr(draft, field))
    if not _SOUGHT.isdisjoint(changed):
        relist_program(program)
    touch(program, now)
    _go_on(program, version_id, changed, now)
    after = _fields(program, draft.snapshot)
    audit.record(actor, "program.updated", ("program", program.id), before, after)
    changes = field_changes(in_body_terms(before), in_body_terms(after))
    announce([Happening(program, EventType.PROGRAM_UPDATED, actor, changes=changes)], now)


def duplicate_program(program_id: UUID, body: Mapping[str, Any], *, actor: Actor) -> UUID:
    """Make a draft like another program, without its dates; returns the new id. Raises NotFound, ValidationErrors."""
    program = locked_program(program_id)
    copied = whole_body(program, newest_snapshot(program))
    changes = {key: value for key, value in body.items() if value is not None}
    undated = dict.fromkeys(("startsAt", "endsAt", "redeemUntil"))
    return create_program(copied | undated | {"name": f"Copy of {program.name}"[:100]} | changes, actor=actor)


def _added(draft: ProgramDraft, actor: Actor, now: datetime) -> Program:
    program = Program(
        id=new_id(),
        name=draft.name,
        description=draft.description,
        rule_type=draft.snapshot["ruleType"],
        state="draft",
        starts_at=draft.starts_at,
        ends_at=draft.ends_at,
        redeem_until=draft.redeem_until,
        newest_version=0,
        version=1,
        event_sequence=0,
        created_at=now,
        updated_at=now,
    )
    session().add(program)
    session().flush()
    add_version(program, draft.snapshot, actor, now, before=None)
    list_program(program, now)
    return program


def _stored_body(program: Program, snapshot: Mapping[str, Any]) -> dict[str, Any]:
    """The stored program as a body; the end of one that was ended before it binds nothing any more."""
    return whole_body(program, snapshot) | ({"endsAt": None} if program.state == "ended" else {})


def _without_state(program: Program, body: Mapping[str, Any]) -> dict[str, Any]:
    """The body of a PUT: a program is moved by its own calls, and a new config derives its domain anew."""
    wanted = dict(body)
    is_active = program.state == "active"
    if wanted.pop("isActive", is_active) is not is_active:
        raise ValidationErrors({"isActive": ["Activate, pause or end the program with its own call"]})
    if "ruleConfig" in wanted and "ruleConfigDomain" not in wanted:
        wanted["ruleConfigDomain"] = None
    return wanted


def _changed(program: Program, draft: ProgramDraft) -> list[str]:
    return [field for field in (*_PLAIN, *_DATES) if getattr(program, field) != getattr(draft, field)]


def _refuse(program: Program, draft: ProgramDraft, changed: list[str], is_new_version: bool, now: datetime) -> None:
    if status_of(program, now) is Status.ENDED and (is_new_version or not _ENDED_MAY_CHANGE.issuperset(changed)):
        raise Conflict("program_ended", "This program has ended; duplicate it to start anew")
    is_over = draft.ends_at is not None and draft.ends_at <= now
    if "ends_at" in changed and is_over and program.state != "draft":
        raise ValidationErrors({"endsAt": ["End date must be in the future; to stop the program now, end it"]})


def _go_on(program: Program, version_id: UUID | None, changed: list[str], now: datetime) -> None:
    """Let a live program go on under its new version or from its new start."""
    if program.state == "active" and (version_id is not None or "starts_at" in changed):
        rearrange_period(program, version_id, now)


def _fields(program: Program, snapshot: Mapping[str, Any]) -> dict[str, Any]:
    plain = {field: getattr(program, field) for field in (*_PLAIN, *_DATES)}
    return {**plain, **snapshot}
