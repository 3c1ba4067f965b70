"""Who has something left in a program: points, money, a begun card, or a reward that can still be used."""

from __future__ import annotations

from datetime import datetime
from uuid import UUID

from sqlalchemy import ColumnElement, and_, exists, or_, select

from app.core.unit_of_work import session
from app.models.enrollment import Enrollment
from app.models.member import Member
from app.models.message import Message
from app.models.voucher import Voucher


def members_to_tell(
    program_id: UUID, kind: str, source_key: str, *, limit: int, besides: str | None, since: datetime
) -> list[UUID]:
    """Up to ``limit`` members with an address and something left who have no such message yet.

    Whoever got a message of the kind ``besides`` about the program after ``since`` is left alone.
    """
    told = _has_message(kind, Message.source_key == source_key)
    lately = _has_message(besides, Message.source_key == str(program_id), Message.created_at > since)
    wanted = (
        select(Enrollment.member_id)
        .join(Member, Member.id == Enrollment.member_id)
        .where(Enrollment.program_id == program_id, Member.email.is_not(None), Member.erased_at.is_(None))
        .where(has_something_left(), ~told, *([~lately] if besides else []))
        .limit(limit)
    )
    return list(session().scalars(wanted))


def has_something_left() -> ColumnElement[bool]:
    """The condition on an enrollment; what a new card starts with counts too."""
    begun = [Enrollment.state[key].as_integer() > 0 for key in ("card", "rest")]
    reward = exists().where(Voucher.enrollment_id == Enrollment.id, Voucher.status == "available")
    return or_(Enrollment.balance > 0, Enrollment.pending > 0, *begun, reward)


def _has_message(kind: str | None, *more: ColumnElement[bool]) -> ColumnElement[bool]:
    return exists().where(and_(Message.member_id == Enrollment.member_id, Message.kind == kind, *more))
