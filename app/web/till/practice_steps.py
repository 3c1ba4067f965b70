"""What has been practised in this browser, kept in its signed cookie: no row of it is written anywhere."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import UTC, datetime
from typing import Any

from flask import g, session

from app.core import clock
from app.domain.practice import Step
from app.web.till.forms import as_uuid

_KEPT = "practice"
_MOST = 20


def practised_steps() -> list[Step]:
    """Return the steps at this business so far, the oldest first."""
    return [_step(row) for row in _kept()["steps"]]


def began_at() -> datetime:
    """Return when practising began here."""
    return datetime.fromtimestamp(_kept()["began"], UTC)


def add_step(step: Step, key: str = "") -> None:
    """Keep one more step; the same key again is the same step. After twenty the customer starts afresh."""
    kept, mark = _kept(), key[-8:]
    rows: list[list[Any]] = kept["steps"]
    if mark and rows and rows[-1][-1] == mark:
        return
    fresh = rows if len(rows) < _MOST else []
    began = kept["began"] if fresh else step.at.timestamp()
    session[_KEPT] = {"at": g.slug, "began": began, "steps": [*fresh, _row(step, mark)]}


def drop_last_step() -> None:
    """Take the last step back."""
    session[_KEPT] = {**_kept(), "steps": _kept()["steps"][:-1]}


def forget_practice() -> None:
    """Leave no trace in this browser either."""
    session.pop(_KEPT, None)


def _kept() -> dict[str, Any]:
    found = session.get(_KEPT)
    is_here = isinstance(found, dict) and found.get("at") == g.slug
    return found if is_here else {"at": g.slug, "began": clock.now().timestamp(), "steps": []}  # type: ignore[return-value]


def _row(step: Step, mark: str) -> list[Any]:
    ids = [str(found) if found else "" for found in (step.what, step.payer)]
    return [step.kind, step.at.timestamp(), step.count, step.amount_minor, step.category, *ids, step.cost, mark]


def _step(row: Sequence[Any]) -> Step:
    kind, at, count, amount, category, what, payer, cost, _ = row
    return Step(
        kind,
        datetime.fromtimestamp(at, UTC),
        count=count,
        amount_minor=amount,
        category=category,
        what=as_uuid(what),
        payer=as_uuid(payer),
        cost=cost,
    )
