"""Enrolls a member in a program by hand; purchases enroll by themselves where the program says so."""

from __future__ import annotations

from uuid import UUID

from sqlalchemy import select

from app.core import clock
from app.core.ids import new_id
from app.core.unit_of_work import session
from app.domain.actor import Actor
from app.domain.errors import Conflict, NotFound, ValidationErrors
from app.domain.events import EventType
from app.domain.lifecycle import Status, status_at
from app.domain.registry import RULES
from app.models.enrollment import Enrollment
from app.models.program import Program
from app.models.program_stats import ProgramStatsDelta
from app.services import audit, outbox, program_stats
from app.services.granting import UNITS
from app.services.ledger import Journal
from app.services.members import locked_member
from app.services.passbook import Passbook

_OPEN = (Status.SCHEDULED, Status.ACTIVE, Status.PAUSED)


def enroll(member_id: UUID, program_id: UUID, *, actor: Actor) -> tuple[UUID, bool]:
    """Return the enrollment's id and whether it is new; who takes part already stays as they are.

    Locks the member. Raises NotFound for the program, ValidationErrors for the member, or Conflict
    ``program_not_open`` for a draft or an ended program.
    """
    program = _open_program(program_id)
    try:
        member = locked_member(member_id)
    except NotFound as error:
        raise ValidationErrors({"memberId": ["No such member in this business"]}, code="member_not_found") from error
    known = select(Enrollment.id).where(Enrollment.member_id == member_id, Enrollment.program_id == program_id)
    enrollment_id = session().scalar(known)
    if enrollment_id is not None:
        return enrollment_id, False
    book = Passbook.opened(member_id, program_id, UNITS.get(RULES[program.rule_type].YIELDS), clock.now())
    Journal(clock.now()).write([book])
    session().add(ProgramStatsDelta(id=new_id(), program_id=program_id, enrollments=1))
    program_stats.announce_deltas()
    member.event_sequence += 1
    payload = {"memberId": member_id, "programId": program_id, "enrollmentId": book.id}
    outbox.record(outbox.Fact(EventType.MEMBER_ENROLLED, "member", member_id, member.event_sequence, payload))
    audit.record(actor, "member.enrolled", ("member", member_id), None, {"programId": str(program_id)})
    return book.id, True


def _open_program(program_id: UUID) -> Program:
    """The program, held so that it cannot end before this transaction does."""
    wanted = select(Program).where(Program.id == program_id, Program.deleted_at.is_(None)).with_for_update(read=True)
    program = session().scalars(wanted).one_or_none()
    if program is None:
        raise NotFound("program")
    status = status_at(program.state, program.starts_at, program.ends_at, clock.now())
    if status not in _OPEN:
        raise Conflict("program_not_open", f"Nobody can join a program that is {status.value.lower()}")
    return program
