"""The door of the jobs: `@job` gives a function its application, its business, its transaction and its log context."""

from __future__ import annotations

import functools
import time
from collections.abc import Callable
from typing import Any, Literal
from uuid import UUID

import structlog
from flask import Flask

from app.core import queue, rounds
from app.core.logging import bound
from app.core.unit_of_work import platform_session, unit_of_work
from app.services import due as due_rows

_LINGER_SECONDS = 0.25

_log = structlog.get_logger("job")


class _Process:
    """The application of this worker process; made once, not for every job."""

    app: Flask | None = None


def serve(app: Flask) -> None:
    """Have the jobs of this process run in this application."""
    _Process.app = app


def round_of(queue_name: str, work: Callable[..., None], *, seconds: float) -> None:
    """Run a job for one business after the other, in the order in which they rang, as `core.rounds` has it.

    Lingers a moment for the next ring. After ``seconds`` the rest is another one's, so that a worker that has to stop
    can stop. A business whose job fails does not hold up the others: it goes to RQ as a job of its own.
    """
    assert _Process.app is not None, "A worker calls serve() first"
    name = _name_of(work)
    deadline = time.monotonic() + seconds
    with _Process.app.app_context():
        rounds.begin(name)
        while time.monotonic() < deadline:
            found = rounds.next_business(name, _LINGER_SECONDS)
            if found is None:
                return
            try:
                work(*found)
            except Exception:  # it is in the log already
                queue.ring_alone(queue_name, name, UUID(found[0]))
        if rounds.is_waited_for(name):
            queue.send_another(queue_name, name)


def job(
    *, opens: Literal["unit of work", "nothing"] = "unit of work", due: str | None = None
) -> Callable[[Callable[[UUID], Any]], Callable[..., None]]:
    """Make a function of (business_id: UUID) a job, rung as "module.function".

    With opens="nothing" the job makes its own units of work, as draining in batches needs. `due` is the kind of due
    rows that it answers: those seen before it starts are deleted once it has ended without an error; rows of at most
    five seconds ahead count as seen, since announcing writes them a moment into the future. Every job may run twice,
    also at the same time.
    """

    def decorate(work: Callable[[UUID], Any]) -> Callable[..., None]:
        name = _name_of(work)

        @functools.wraps(work)
        def run(business_id: str, request_id: str = "") -> None:
            assert _Process.app is not None, "A worker calls serve() first"
            owner = UUID(business_id)
            with (
                _Process.app.app_context(),
                bound(job=name, business_id=business_id, **({"request_id": request_id} if request_id else {})),
            ):
                _run(work, name, owner, opens == "unit of work", due)

        return run

    return decorate


def _name_of(work: Callable[..., Any]) -> str:
    return f"{work.__module__.rpartition('.')[2]}.{work.__name__}"


def _run(work: Callable[[UUID], Any], name: str, owner: UUID, is_one_unit: bool, due: str | None) -> None:
    """Take the ring off, look at what is due, work, and only then forget what was due."""
    queue.answered(name, owner)
    seen = _seen(owner, due) if due else []
    try:
        if is_one_unit:
            with unit_of_work(owner):
                work(owner)
        else:
            work(owner)
    except Exception:
        _log.exception("job_failed")
        raise
    if seen:
        with platform_session():
            due_rows.answered(seen)


def _seen(owner: UUID, kind: str) -> list[UUID]:
    with platform_session():
        return due_rows.seen(owner, kind)
