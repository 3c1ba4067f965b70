"""One thing done to many programs, piece by piece in requests: each id once, whoever asks and however often."""

from __future__ import annotations

import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any
from uuid import UUID

from sqlalchemy import select

from app.core import clock
from app.core.ids import new_id
from app.core.unit_of_work import session
from app.domain.actor import Actor
from app.domain.errors import Conflict, DomainError, NotFound, ValidationErrors
from app.domain.lifecycle import Action
from app.models.bulk_run import BulkRun
from app.services.program_lifecycle import BULK_ACTIONS, Moved, move_programs
from app.services.programs import duplicate_program

MOST = 500
"""So many programs at most in one run (API.md, bulk)."""

DUPLICATE = "duplicate"
ACTIONS = (*(action.value for action in BULK_ACTIONS), DUPLICATE)

_PIECE = 50


@dataclass(frozen=True, slots=True)
class Answer:
    """What happened to one program: its status now, and why nothing happened, if so."""

    id: UUID
    ok: bool
    status: str | None = None
    message: str | None = None

    def as_json(self) -> dict[str, Any]:
        """The answer as it is kept."""
        return {"id": str(self.id), "ok": self.ok, "status": self.status, "message": self.message}


def start_run(action: str, ids: Sequence[UUID], *, actor: Actor) -> UUID:
    """Keep what is to be done to 1..500 programs; nothing is done yet. Returns the run's id."""
    wanted = [str(each) for each in dict.fromkeys(ids)]
    run = BulkRun(
        id=new_id(),
        action=action,
        total=len(wanted),
        waiting=wanted,
        results=[],
        actor_kind=actor.kind,
        actor_id=actor.id,
        started_at=clock.now(),
    )
    session().add(run)
    session().flush()
    return run.id


def go_on(run_id: UUID, *, actor: Actor, seconds: float) -> None:
    """Do what waits, for about so long, under the run's lock. Raises NotFound; a run that is done stays as it is."""
    run = _locked(run_id)
    until = time.monotonic() + seconds
    while run.waiting:
        piece = [UUID(each) for each in run.waiting[:_PIECE]]
        answers = _DONE.get(run.action, _moved)(run.action, piece, actor)
        run.results = [*run.results, *(answer.as_json() for answer in answers)]
        run.waiting = run.waiting[_PIECE:]
        if time.monotonic() >= until:
            break
    if not run.waiting and run.finished_at is None:
        run.finished_at = clock.now()
    session().flush()


def retry_run(run_id: UUID, *, actor: Actor) -> UUID | None:
    """Start a run of the same action over what failed in another one; None where nothing did. Raises NotFound."""
    run = _locked(run_id)
    failed = [UUID(answer["id"]) for answer in run.results if not answer["ok"]]
    return start_run(run.action, failed, actor=actor) if failed else None


def _locked(run_id: UUID) -> BulkRun:
    wanted = select(BulkRun).where(BulkRun.id == run_id).with_for_update()
    run = session().scalars(wanted.execution_options(populate_existing=True)).one_or_none()
    if run is None:
        raise NotFound("bulk run")
    return run


def _moved(action: str, ids: Sequence[UUID], actor: Actor) -> list[Answer]:
    return [_answer(moved) for moved in move_programs(ids, Action(action), actor=actor)]


def _answer(moved: Moved) -> Answer:
    message = moved.refusal.message if moved.refusal else None
    return Answer(moved.program_id, moved.refusal is None, moved.status, message)


def _duplicated(_action: str, ids: Sequence[UUID], actor: Actor) -> list[Answer]:
    return [_copied(program_id, actor) for program_id in ids]


def _copied(program_id: UUID, actor: Actor) -> Answer:
    try:
        duplicate_program(program_id, {}, actor=actor)
    except NotFound:
        return Answer(program_id, False, message="There is no such program")
    except (ValidationErrors, Conflict) as refusal:
        return Answer(program_id, False, message=_words(refusal))
    return Answer(program_id, True)


def _words(refusal: DomainError) -> str:
    """The first reason: of several violations one is enough to know what to mend."""
    if isinstance(refusal, ValidationErrors):
        return next(iter(refusal.errors.values()))[0]
    return str(refusal)


_DONE: dict[str, Callable[[str, Sequence[UUID], Actor], list[Answer]]] = {DUPLICATE: _duplicated}
