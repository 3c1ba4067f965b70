"""What is written beside every change of a program: the event, its number, and when the clock will change it next."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime, timedelta

from app.core.kept_answers import renew_edition
from app.core.tenancy import current_business_id
from app.domain.events import EventType
from app.domain.lifecycle import Status, status_at
from app.models.program import Program
from app.services import due, outbox

DUE_KIND = "programs"
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


def announce(happened: Sequence[tuple[Program, EventType]], now: datetime) -> None:
    """Write the events in the order in which they happened; the caller holds the programs' locks.

    ``announced_status`` is what the kept totals count (models.program_listing): the database itself leaves the deltas.
    """
    renew_edition(current_business_id(), KEPT_ANSWERS)
    if happened:
        due.leave(STATS_KIND, now + FOLDED_AFTER)
    outbox.record_all([_fact(program, event_type, now) for program, event_type in happened])
    for program, _ in happened:
        program.announced_status = status_of(program, now).value
        _await_the_clock(program, now)


def _fact(program: Program, event_type: EventType, now: datetime) -> outbox.Fact:
    program.event_sequence += 1
    payload = {
        "programId": str(program.id),
        "name": program.name,
        "ruleType": program.rule_type,
        "status": status_of(program, now).value,
        "programVersion": program.newest_version,
    }
    return outbox.Fact(event_type, "program", program.id, program.event_sequence, payload)


def _await_the_clock(program: Program, now: datetime) -> None:
    """A start or an end to come is announced when it has come true."""
    moments = (program.starts_at, program.ends_at) if program.state == "active" else (program.ends_at,)
    for moment in moments:
        if moment is not None and moment > now and program.state != "draft":
            due.leave(DUE_KIND, moment)
