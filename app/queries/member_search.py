"""Which members a search means: one condition for each filter of their list, each served by an index."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, fields
from datetime import datetime, timedelta
from typing import Any
from uuid import UUID

from sqlalchemy import ColumnElement, and_, exists, false, or_, select

from app.domain.member_words import words_sought
from app.domain.segments import BUILT_IN, NEW_FOR
from app.models.enrollment import Enrollment
from app.models.member import Member
from app.models.member_word import MemberWord
from app.models.tag import MemberTag
from app.models.voucher import Voucher

_HIGHEST = "\U0010ffff"
LAST_VISITS = {
    "week": timedelta(days=7),
    "month": timedelta(days=30),
    "not-30": timedelta(days=30),
    "not-90": timedelta(days=90),
    "never": timedelta(0),
}
"""Visited within a week or a month, not for 30 or 90 days, never."""


@dataclass(frozen=True, slots=True)
class MemberFilter:
    """What to look for; None or "" asks nothing. ``q`` is matched by the beginnings of words."""

    q: str = ""
    status: str | None = None
    segment: str | None = None
    tier: str | None = None
    program_id: UUID | None = None
    tag_id: UUID | None = None
    last_visit: str | None = None
    birth_month: int | None = None
    has_unredeemed: bool = False
    ids: tuple[UUID, ...] = ()

    @property
    def is_set(self) -> bool:
        """Whether anything is asked at all."""
        return any(getattr(self, each.name) for each in fields(self))


def conditions(wanted: MemberFilter, now: datetime) -> list[ColumnElement[bool]]:
    """What the rows of Member must meet."""
    found = [_has_word(word) for word in words_sought(wanted.q)]
    for name, condition in _CONDITIONS.items():
        value = getattr(wanted, name)
        if value:
            found.append(condition(value, now))
    return found


def _has_word(beginning: str) -> ColumnElement[bool]:
    begins_so = and_(MemberWord.word >= beginning, MemberWord.word < beginning + _HIGHEST)
    return Member.id.in_(select(MemberWord.member_id).where(begins_so))


def _in_segment(segment: str, now: datetime) -> ColumnElement[bool]:
    """The filter that says the same as domain.segments: ``new`` is the one segment there is so far."""
    if segment not in BUILT_IN:
        return false()
    return Member.joined_at > now - NEW_FOR


def _visited(span: str, now: datetime) -> ColumnElement[bool]:
    if span == "never":
        return Member.last_purchase_at.is_(None)
    since = now - LAST_VISITS[span]
    if span.startswith("not-"):
        return or_(Member.last_purchase_at < since, and_(Member.last_purchase_at.is_(None), Member.joined_at < since))
    return Member.last_purchase_at >= since


def _takes_part(condition: ColumnElement[bool]) -> ColumnElement[bool]:
    return exists().where(Enrollment.member_id == Member.id, Enrollment.business_id == Member.business_id, condition)


def _has_voucher(_: bool, now: datetime) -> ColumnElement[bool]:
    is_open = or_(Voucher.expires_at.is_(None), Voucher.expires_at > now)
    return exists().where(
        Voucher.member_id == Member.id,
        Voucher.business_id == Member.business_id,
        Voucher.status == "available",
        is_open,
    )


def _bears(tag_id: UUID) -> ColumnElement[bool]:
    return exists().where(
        MemberTag.member_id == Member.id, MemberTag.business_id == Member.business_id, MemberTag.tag_id == tag_id
    )


_CONDITIONS: dict[str, Callable[[Any, datetime], ColumnElement[bool]]] = {
    "status": lambda status, _: Member.status == status,
    "segment": _in_segment,
    "tier": lambda tier, _: _takes_part(Enrollment.tier == tier),
    "program_id": lambda program_id, _: _takes_part(Enrollment.program_id == program_id),
    "tag_id": lambda tag_id, _: _bears(tag_id),
    "last_visit": _visited,
    "birth_month": lambda month, _: Member.birth_month == month,
    "has_unredeemed": _has_voucher,
    "ids": lambda ids, _: Member.id.in_(ids),
}
