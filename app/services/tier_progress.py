"""Tells members on the first of a month how far they are from the next tier."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date, datetime

from sqlalchemy import ColumnElement, RowMapping, and_, exists, select

from app.core import clock
from app.core.unit_of_work import session
from app.domain.lifecycle import Status, status_at
from app.domain.localtime import add_months, local_day, start_of_day
from app.domain.program import ProgramVersion
from app.domain.rule_type import Standpoint
from app.models.consent import Consent
from app.models.enrollment import Enrollment
from app.models.member import Member
from app.models.message import Message
from app.models.program import Program
from app.queries.currency import currency
from app.queries.live_versions import newest_versions
from app.services.messages import NewMessage, Recipient, write_messages

KIND = "tier_progress"
MEMBERS_AT_ONCE = 500
LAST_DAY = 3
"""Where nothing could run on the first of a month, it is made up for until this day."""


def tell_progress() -> int:
    """Leave a mail to up to 500 members; returns how many were told, 0 when everybody was.

    To those who agreed to mails about their card, have bought something since the month before began, and have a tier
    ahead of them. Business key: (member, program, month). Outside the first days of a month it does nothing.
    """
    now = clock.now()
    for version in _running(now):
        today = local_day(now, version.zone)
        if today.day > LAST_DAY:
            continue
        rows = session().execute(
            select(Enrollment.member_id, Enrollment.state, Enrollment.tier)
            .join(Member, Member.id == Enrollment.member_id)
            .where(_is_to_be_told(version, today.replace(day=1)))
            .limit(MEMBERS_AT_ONCE)
        )
        messages = [_message(version, row, today, now) for row in rows.mappings()]
        if messages:
            write_messages(messages)
            return len(messages)
    return 0


def _running(now: datetime) -> Sequence[ProgramVersion]:
    rows = session().execute(
        select(Program.id, Program.state, Program.starts_at, Program.ends_at)
        .where(Program.rule_type == "TIER_BASED", Program.deleted_at.is_(None), Program.state == "active")
        .order_by(Program.id)
    )
    ids = [row.id for row in rows if status_at(row.state, row.starts_at, row.ends_at, now) == Status.ACTIVE]
    return list(newest_versions(ids).values()) if ids else []


def _is_to_be_told(version: ProgramVersion, first: date) -> ColumnElement[bool]:
    word = (
        select(Consent.is_given)
        .where(Consent.member_id == Enrollment.member_id, Consent.kind == "card_mail")
        .order_by(Consent.said_at.desc(), Consent.id.desc())
        .limit(1)
        .scalar_subquery()
    )
    told = exists().where(
        Message.business_id == Enrollment.business_id,
        Message.member_id == Enrollment.member_id,
        Message.kind == KIND,
        Message.source_key == _key(version, first),
    )
    return and_(
        Enrollment.program_id == version.program_id,
        Enrollment.last_active_at >= start_of_day(add_months(first, -1), version.zone),
        Enrollment.joined_at < start_of_day(first, version.zone),
        Enrollment.tier.is_distinct_from(version.terms.names[-1]),
        Member.email.is_not(None),
        Member.erased_at.is_(None),
        word.is_(True),
        ~told,
    )


def _message(version: ProgramVersion, row: RowMapping, today: date, now: datetime) -> NewMessage:
    state = {**(row["state"] or version.rule.initial(version.terms)), "tier": row["tier"]}  # type: ignore[attr-defined]
    stands = version.rule.progress(version.terms, state, Standpoint(now, version.zone, 0))
    told = {
        "programId": str(version.program_id),
        "month": f"{today:%Y-%m}",
        "tier": row["tier"],
        "following": stands["nextTier"],
        "missing": stands["toNext"],
        "metric": version.terms.metric,
        "currency": currency(),
    }
    return NewMessage(KIND, Recipient(member_id=row["member_id"]), _key(version, today), told)


def _key(version: ProgramVersion, day: date) -> str:
    return f"{version.program_id} {day:%Y-%m}"
