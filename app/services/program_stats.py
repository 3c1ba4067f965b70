"""Keeps the figures of programs: what settling left as deltas is folded into one row a program."""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Collection, Mapping
from datetime import datetime, timedelta
from uuid import UUID

from sqlalchemy import delete, func, select
from sqlalchemy.dialects.postgresql import insert

from app.core import clock
from app.core.kept_answers import renew_edition
from app.core.tenancy import current_business_id
from app.core.unit_of_work import session
from app.models.enrollment import Enrollment
from app.models.program_listing import ProgramTotal, ProgramTotalDelta
from app.models.program_stats import ProgramStats, ProgramStatsDelta, VersionStats
from app.queries.due import due_ids
from app.services import due
from app.services.program_facts import FOLDED_AFTER, KEPT_ANSWERS, STATS_KIND

FIGURES = ("enrollments", "redemptions", "vouchers_issued", "issued", "outstanding", "expired")
ACTIVE_FOR = timedelta(days=90)

DUE_KIND = STATS_KIND
_SOON = FOLDED_AFTER
_NEXT = timedelta(days=1)


def announce_deltas() -> None:
    """Say that this transaction leaves deltas: the next sweep but one folds them, so figures are under 60 s old."""
    due.leave(DUE_KIND, clock.now() + _SOON)


def fold_program_stats() -> int:
    """Fold every delta that is there into its program's row, and count again who takes part; returns how many deltas.

    Each delta is folded once: it is deleted by the statement that reads it. Two folds at a time take different deltas.
    """
    now = clock.now()
    changes: dict[UUID, Counter[str]] = defaultdict(Counter)
    deltas = session().scalars(delete(ProgramStatsDelta).returning(ProgramStatsDelta)).all()
    earned: Counter[UUID] = Counter()
    for delta in deltas:
        changes[delta.program_id].update({name: getattr(delta, name) for name in FIGURES})
        earned.update({UUID(version_id): total for version_id, total in delta.earned.items()})
    _count_by_version(earned)
    is_aged = (ProgramStats.as_of < now - _NEXT, ProgramStats.enrollments > 0)
    aged = session().scalars(select(ProgramStats.program_id).where(*is_aged)).all()
    touched = sorted({*changes, *aged})
    if touched:
        _write(changes, touched, _active(touched, now), now)
        renew_edition(current_business_id(), KEPT_ANSWERS)
        _fold_again_tomorrow(now)
    return len(deltas)


def _count_by_version(earned: Mapping[UUID, int]) -> None:
    """Add to how many purchases have earned under each version, in the order of their ids."""
    business_id = current_business_id()
    rows = [
        {"business_id": business_id, "version_id": version_id, "earned": total}
        for version_id, total in sorted(earned.items())
    ]
    if rows:
        new = insert(VersionStats).values(rows)
        summed = {"earned": VersionStats.earned + new.excluded.earned}
        session().execute(
            new.on_conflict_do_update(index_elements=["business_id", "version_id"], set_=summed),
            execution_options={"synchronize_session": False},
        )


def fold_program_totals() -> int:
    """Fold the deltas of programs by rule type and status into the kept totals; returns how many there were."""
    changes: Counter[tuple[str, str]] = Counter()
    deltas = session().scalars(delete(ProgramTotalDelta).returning(ProgramTotalDelta)).all()
    for each in deltas:
        changes[each.rule_type, each.status] += each.change
    rows = [
        {"business_id": current_business_id(), "rule_type": rule_type, "status": status, "total": change}
        for (rule_type, status), change in sorted(changes.items())
    ]
    if rows:
        new = insert(ProgramTotal).values(rows)
        summed = {"total": ProgramTotal.total + new.excluded.total}
        key = ["business_id", "rule_type", "status"]
        session().execute(
            new.on_conflict_do_update(index_elements=key, set_=summed),
            execution_options={"synchronize_session": False},
        )
    return len(deltas)


def _active(program_ids: Collection[UUID], now: datetime) -> dict[UUID, int]:
    """Enrollments with an entry or progress in the last 90 days (API.md), by program; a range of the index."""
    counted = (
        select(Enrollment.program_id, func.count())
        .where(Enrollment.program_id.in_(program_ids), Enrollment.last_active_at > now - ACTIVE_FOR)
        .group_by(Enrollment.program_id)
    )
    return {row[0]: row[1] for row in session().execute(counted)}


def _write(
    changes: Mapping[UUID, Mapping[str, int]], program_ids: Collection[UUID], active: Mapping[UUID, int], now: datetime
) -> None:
    """Add to the rows in the order of their ids, so that two folds never wait for each other in a circle."""
    rows = [
        {
            "business_id": current_business_id(),
            "program_id": program_id,
            "active_participants": active.get(program_id, 0),
            "as_of": now,
            **{name: changes.get(program_id, {}).get(name, 0) for name in FIGURES},
        }
        for program_id in program_ids
    ]
    new = insert(ProgramStats).values(rows)
    sums = {name: getattr(ProgramStats, name) + new.excluded[name] for name in FIGURES}
    latest = {name: new.excluded[name] for name in ("active_participants", "as_of")}
    session().execute(
        new.on_conflict_do_update(index_elements=["business_id", "program_id"], set_={**sums, **latest}),
        execution_options={"synchronize_session": False},
    )


def _fold_again_tomorrow(now: datetime) -> None:
    """Who is active changes by the clock alone: one fold a day is due even where nothing happens."""
    if not due_ids(current_business_id(), DUE_KIND, now + 2 * _NEXT, after=now + _SOON * 4):
        due.leave(DUE_KIND, now + _NEXT)
