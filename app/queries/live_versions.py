"""Which version of which program was live when: looked up in the database at every settling, compiled once for ever."""

from __future__ import annotations

from bisect import bisect_right
from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import datetime
from threading import Lock
from uuid import UUID

from sqlalchemy import and_, bindparam, or_, select

from app.core.hot_statements import fetch
from app.core.tenancy import current_business_id
from app.core.unit_of_work import session
from app.domain.earning import evaluation_order
from app.domain.lifecycle import live_until
from app.domain.program import ProgramVersion
from app.models.business import Business
from app.models.program import LivePeriod, Program
from app.models.program import ProgramVersion as VersionRow

_KEPT = 20_000
_compiled: dict[UUID, ProgramVersion] = {}
_compiling = Lock()
_LIVE = (
    select(LivePeriod.live_from, LivePeriod.live_to, LivePeriod.version_id, Program.ends_at)
    .join(Program, and_(Program.business_id == LivePeriod.business_id, Program.id == LivePeriod.program_id))
    .where(LivePeriod.live_from <= bindparam("last"))
    .where(or_(LivePeriod.live_to.is_(None), LivePeriod.live_to > bindparam("first")))
    .where(Program.deleted_at.is_(None))
)


@dataclass(frozen=True, slots=True)
class Span:
    """One version, live in ``[start, end)``; no end while it is open."""

    start: datetime
    end: datetime | None
    version: ProgramVersion


@dataclass(slots=True)
class LiveVersions:
    """The live periods that touch one stretch of time, ready to be asked for an instant."""

    spans: list[Span]
    edges: list[datetime] = field(default_factory=list)
    between: dict[int, tuple[ProgramVersion, ...]] = field(default_factory=dict)

    def __post_init__(self) -> None:
        self.edges = sorted({edge for span in self.spans for edge in (span.start, span.end) if edge})

    def at(self, instant: datetime) -> tuple[ProgramVersion, ...]:
        """The versions live at an instant, in the order in which they are evaluated."""
        place = bisect_right(self.edges, instant)
        if place not in self.between:
            live = [s.version for s in self.spans if s.start <= instant and (s.end is None or instant < s.end)]
            self.between[place] = evaluation_order(live)
        return self.between[place]

    @property
    def versions(self) -> Iterable[ProgramVersion]:
        """All versions that were live somewhere in the stretch."""
        return (span.version for span in self.spans)


def live_versions(first: datetime, last: datetime) -> LiveVersions:
    """The periods of the business in scope that touch ``[first, last]``; two statements when the versions are known.

    A deleted program earns nothing any more, not even for late purchases.
    """
    rows = fetch(_LIVE, {"first": first, "last": last})
    known = compiled_versions({row.version_id for row in rows})
    spans = [Span(row.live_from, live_until(row.live_to, row.ends_at), known[row.version_id]) for row in rows]
    return LiveVersions([span for span in spans if span.end is None or span.start < span.end])


def compiled_versions(ids: Iterable[UUID]) -> dict[UUID, ProgramVersion]:
    """Versions by id, compiled; a version never changes, so a process compiles it once."""
    wanted = set(ids)
    found = {version_id: _compiled[version_id] for version_id in wanted if version_id in _compiled}
    if missing := wanted - found.keys():
        found |= _compile(missing)
    return found


def newest_versions(program_ids: Iterable[UUID]) -> dict[UUID, ProgramVersion]:
    """The newest version of each program, live or not."""
    rows = (
        session()
        .execute(
            select(VersionRow.program_id, VersionRow.id)
            .join(
                Program,
                and_(
                    Program.business_id == VersionRow.business_id,
                    Program.id == VersionRow.program_id,
                    Program.newest_version == VersionRow.number,
                ),
            )
            .where(Program.id.in_(set(program_ids)))
        )
        .all()
    )
    known = compiled_versions(row.id for row in rows)
    return {row.program_id: known[row.id] for row in rows}


def _compile(missing: set[UUID]) -> dict[UUID, ProgramVersion]:
    rows = (
        session()
        .execute(
            select(
                VersionRow.id,
                VersionRow.number,
                VersionRow.snapshot,
                Program.id.label("program_id"),
                Program.created_at,
            )
            .join(Program, and_(Program.business_id == VersionRow.business_id, Program.id == VersionRow.program_id))
            .where(VersionRow.id.in_(missing))
        )
        .all()
    )
    currency = session().execute(select(Business.currency).where(Business.id == current_business_id())).scalar_one()
    made = {
        row.id: ProgramVersion.compile(
            row.snapshot,
            id=row.id,
            program_id=row.program_id,
            number=row.number,
            created_order=(row.created_at, row.program_id),
            currency=currency,
        )
        for row in rows
    }
    with _compiling:
        if len(_compiled) > _KEPT:
            _compiled.clear()
        _compiled.update(made)
    return made
