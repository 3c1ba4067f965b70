"""Which programs a list shows: the filters of the API and of the page, as conditions that an index can answer.

Every condition reads the clock as ``NOW``, a value that is given when the statement runs: so it is built once.
"""

from __future__ import annotations

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from typing import Any
from uuid import UUID

from sqlalchemy import ColumnElement, and_, bindparam, case, or_, select

from app.core.model import UtcDateTime
from app.domain.lifecycle import Status
from app.domain.program_words import words_sought
from app.models.program import Program, ProgramVersion
from app.models.program_listing import ProgramWord

NEWEST = and_(ProgramVersion.program_id == Program.id, ProgramVersion.number == Program.newest_version)
"""The join of a program with its newest version."""

NOW = bindparam("now", type_=UtcDateTime())
_HIGHEST = "\U0010ffff"


@dataclass(frozen=True, slots=True)
class ProgramFilter:
    """What the programs of a list have in common; everything left out narrows nothing.

    ``statuses`` are by the clock; ``q`` is an id, or beginnings of words of the name or description
    (domain.program_words). ``location_id`` finds programs that count there, also those that count everywhere.
    """

    statuses: tuple[Status, ...] = ()
    rule_type: str | None = None
    location_id: UUID | None = None
    segment: str | None = None
    q: str | None = None
    ids: tuple[UUID, ...] | None = None

    @property
    def is_counted(self) -> bool:
        """Say whether the kept totals know how many there are."""
        return self.location_id is None and not (self.segment or self.q) and self.ids is None

    def conditions(self) -> list[ColumnElement[bool]]:
        """Every condition on the program itself, the status included."""
        wanted = [has_status(status) for status in self.statuses]
        return [*([or_(*wanted)] if wanted else []), *self.plain_conditions()]

    def plain_conditions(self) -> list[ColumnElement[bool]]:
        """The same without the status."""
        return [
            *([Program.rule_type == self.rule_type] if self.rule_type else []),
            *(_matches(self.q) if self.q else []),
            *([Program.id.in_(self.ids)] if self.ids is not None else []),
        ]

    def snapshot_conditions(self) -> list[ColumnElement[bool]]:
        """Conditions on the newest version's snapshot, which has to be joined for them."""
        here = [_holds("locationIds", str(self.location_id), or_empty=True)] if self.location_id else []
        return [*here, *([_holds("segments", self.segment)] if self.segment else [])]


def has_status(status: Status) -> ColumnElement[bool]:
    """The filter that says the same as domain.lifecycle.status_at."""
    is_over = and_(Program.ends_at.is_not(None), Program.ends_at <= NOW)
    if status is Status.ENDED:
        return or_(Program.state == "ended", is_over)
    has_end_to_come = or_(Program.ends_at.is_(None), Program.ends_at > NOW)
    if status in (Status.DRAFT, Status.PAUSED):
        return and_(Program.state == status.value.lower(), has_end_to_come)
    has_begun = or_(Program.starts_at.is_(None), Program.starts_at <= NOW)
    begins = has_begun if status is Status.ACTIVE else Program.starts_at > NOW
    return and_(Program.state == "active", has_end_to_come, begins)


def status_column(among: Collection[Status] = tuple(Status)) -> Any:
    """The status by the clock as a column."""
    return case(*((has_status(status), status.value) for status in among))


def _matches(q: str) -> Sequence[ColumnElement[bool]]:
    """The whole id, or each word of it the beginning of one of the program's."""
    try:
        return [Program.id == UUID(q.strip())]
    except ValueError:
        return [_has_word(word) for word in words_sought(q)] or [Program.id.is_(None)]


def _has_word(beginning: str) -> ColumnElement[bool]:
    begins_so = and_(ProgramWord.word >= beginning, ProgramWord.word < beginning + _HIGHEST)
    return Program.id.in_(select(ProgramWord.program_id).where(begins_so))


def _holds(key: str, value: str, *, or_empty: bool = False) -> ColumnElement[bool]:
    """A list of the snapshot holds a value; an empty one, which means all, counts with ``or_empty``."""
    listed = ProgramVersion.snapshot[key]
    holds = listed.contains([value])
    return or_(holds, listed == []) if or_empty else holds
