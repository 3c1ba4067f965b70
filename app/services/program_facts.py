"""What is written beside every change of a program: the event, its number, and when the clock will change it next."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Any
from uuid import UUID
from zoneinfo import ZoneInfo

from sqlalchemy import select, tuple_

from app.core.kept_answers import renew_edition
from app.core.tenancy import current_business_id
from app.core.unit_of_work import session
from app.domain.actor import Actor
from app.domain.events import EventType
from app.domain.expiry import last_day
from app.domain.lifecycle import Status, status_at
from app.models.program import Program, ProgramVersion
from app.services import due, outbox

DUE_KIND = "programs"
NOTICES = "notices"
"""The kind of due rows that say: somebody is to be told what is left in a program that has ended."""

WARNED_BEFORE = timedelta(days=7)
"""So long before the last moment, members hear that what is left in an ended program runs out (PRODUCT 7)."""

KEPT_ANSWERS = "programs"
"""The kind of kept answers (core.kept_answers) that show programs and their figures."""
STATS_KIND = "stats"
FOLDED_AFTER = timedelta(seconds=15)
"""How long deltas of figures and totals wait for others before they are folded (services.program_stats)."""


def status_of(program: Program, now: datetime) -> Status:
    """The program's status by the clock."""
    return status_at(program.state, program.starts_at, program.ends_at, now)


def touch(program: Program, now: datetime) -> None:
    """Count a change: the next ``version`` answers If-Match."""
    program.version += 1
    program.updated_at = now


@dataclass(frozen=True, slots=True)
class Happening:
    """Something that became true of a program: by whom, from which status to which, and what was changed, in words.

    Without ``after`` it is the status of now, without ``at`` it became true now.
    """

    program: Program
    event_type: EventType
    by: Actor
    before: Status | None = None
    after: Status | None = None
    at: datetime | None = None
    changes: Sequence[str] = ()


def announce(happened: Sequence[Happening], now: datetime) -> None:
    """Write the events in the order in which they happened; the caller holds the programs' locks.

    ``announced_status`` is what the kept totals count (models.program_listing): the database itself leaves the deltas.
    """
    renew_edition(current_business_id(), KEPT_ANSWERS)
    if happened:
        due.leave(STATS_KIND, now + FOLDED_AFTER)
    zones = _zones([each.program for each in happened if each.event_type is EventType.PROGRAM_ENDED])
    outbox.record_all([_fact(each, zones, now) for each in happened])
    for each in happened:
        each.program.announced_status = status_of(each.program, now).value
        _await_the_clock(each.program, now)
    if zones:
        due.announce("notices", queue="notifications", job="lifecycle.tell_participants")


def _fact(happening: Happening, zones: Mapping[UUID, str], now: datetime) -> outbox.Fact:
    program = happening.program
    program.event_sequence += 1
    payload = {
        "programId": str(program.id),
        "name": program.name,
        "ruleType": program.rule_type,
        "status": (happening.after or status_of(program, now)).value,
        "programVersion": program.newest_version,
        "startsAt": _text(program.starts_at),
        "endsAt": _text(program.ends_at),
        "effectiveAt": _text(happening.at or now),
        **_details(happening),
    }
    if happening.event_type is EventType.PROGRAM_ENDED:
        payload |= {"redeemUntil": _text(program.redeem_until), "lastDay": last_redeem_day(program, zones[program.id])}
    return outbox.Fact(happening.event_type, "program", program.id, program.event_sequence, payload)


def last_redeem_day(program: Program, zone: str) -> str | None:
    """The last local day on which what is left in an ended program can be used, as ISO text."""
    return None if program.redeem_until is None else last_day(program.redeem_until, ZoneInfo(zone)).isoformat()


def _details(happening: Happening) -> dict[str, Any]:
    """Who did it, under a key of the event's own (seed 003), and what it was before."""
    word = happening.event_type.value.rpartition(".")[2]
    before = {} if happening.before is None else {"previousStatus": happening.before.value}
    changes = {"changes": list(happening.changes)} if happening.event_type is EventType.PROGRAM_UPDATED else {}
    return {f"{word}By": happening.by.reference, **before, **changes}


def _zones(programs: Sequence[Program]) -> dict[UUID, str]:
    """The timezones of programs; one statement."""
    if not programs:
        return {}
    timezone = ProgramVersion.snapshot["timezone"].astext
    rows = session().execute(
        select(ProgramVersion.program_id, timezone).where(
            tuple_(ProgramVersion.program_id, ProgramVersion.number).in_(
                [(program.id, program.newest_version) for program in programs]
            )
        )
    )
    return {row[0]: row[1] for row in rows}


def _text(at: datetime | None) -> str | None:
    """An instant of a payload: RFC 3339 in UTC."""
    return None if at is None else at.astimezone(UTC).isoformat().replace("+00:00", "Z")


def _await_the_clock(program: Program, now: datetime) -> None:
    """A start or an end to come is announced when it has come true; before the last moment to redeem, members hear."""
    moments = (program.starts_at, program.ends_at) if program.state == "active" else (program.ends_at,)
    for moment in moments:
        if moment is not None and moment > now and program.state != "draft":
            due.leave(DUE_KIND, moment)
    if status_of(program, now) is Status.ENDED and program.redeem_until is not None:
        warn_at = program.redeem_until - WARNED_BEFORE
        if warn_at > now:
            due.leave(NOTICES, warn_at)
