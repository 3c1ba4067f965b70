"""The rows that say which business has work: left in the transaction that makes it, forgotten after it is done."""

from __future__ import annotations

from collections.abc import Collection
from datetime import datetime, timedelta
from uuid import UUID

from sqlalchemy import delete

from app.core import clock
from app.core.bulk import insert_rows
from app.core.hot_statements import run
from app.core.ids import new_id
from app.core.queue import ring
from app.core.tenancy import current_business_id
from app.models.due import Due
from app.queries.due import DUE_IDS, due_by, due_ids
from app.queries.statements import among

LOOK_AHEAD = timedelta(seconds=5)
"""A job answers the rows of this long ahead too: announcing writes them a moment into the future."""

_MOMENT = timedelta(seconds=1)
_ANSWERING = delete(Due).where(Due.id.in_(DUE_IDS.with_for_update(skip_locked=True)))
_ANSWERED = delete(Due).where(among(Due.id, "ids"))


def announce(kind: str, *, queue: str, job: str) -> None:
    """Leave a row in this transaction and ring the worker after its commit: the row survives a lost ring."""
    leave(kind)
    ring(queue, job, current_business_id())


def leave(kind: str, at: datetime | None = None) -> None:
    """Leave a row for the next sweep, or for the first one after an instant, without ringing now."""
    due_at = at or clock.now() + _MOMENT
    insert_rows(Due, [{"id": new_id(), "kind": kind, "due_at": due_at}])


def leave_once(kind: str, at: datetime) -> None:
    """Leave a row for an instant, unless one that no running job has seen is due by then."""
    if not due_ids(current_business_id(), kind, at, after=clock.now() + LOOK_AHEAD):
        leave(kind, at)


def seen(business_id: UUID, kind: str) -> list[UUID]:
    """Return the rows of a business that work which begins now will answer."""
    return due_ids(business_id, kind, clock.now() + LOOK_AHEAD)


def answer(kind: str) -> None:
    """Forget what `seen` would return, before the work is looked for, in the transaction that does it.

    A row and its work become visible together, so the work of every row that is gone is found. Rows that another run
    is answering are left to it. Who does not do all of the work leaves a row anew.
    """
    run(_ANSWERING, due_by(current_business_id(), kind, clock.now() + LOOK_AHEAD))


def answered(ids: Collection[UUID]) -> None:
    """Forget rows whose work is done; one that was written in the meantime has another id and stays."""
    if ids:
        run(_ANSWERED, {"ids": list(ids)})
