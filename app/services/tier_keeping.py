"""Lets tiers fall on their day and warns before: what the clock does to tiers while nobody buys anything (RULES 3)."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime, timedelta
from typing import Any
from uuid import UUID

from sqlalchemy import ColumnElement, and_, exists, func, or_, select

from app.core import clock
from app.core.bulk import update_rows
from app.core.unit_of_work import session
from app.domain.localtime import local_day
from app.domain.program import ProgramVersion
from app.domain.tiers import TierChange, evaluations, last_fall_at, next_fall_at, silent_since
from app.models.enrollment import Enrollment
from app.models.member import Member
from app.models.program import Program
from app.queries.live_versions import newest_versions
from app.services.earning import write_work
from app.services.earning_work import MemberWork, Work, loaded_work
from app.services.member_locks import lock_members
from app.services.messages import NewMessage, Recipient, write_messages
from app.services.passbook import Passbook
from app.services.tiers import evaluate_tier, measured_in, purchase_times, read_ahead

MEMBERS_AT_ONCE = 200
WARNED_BEFORE = timedelta(days=30)
KIND = "tier_warning"


def keep_tiers() -> int:
    """Record the falls that have become due, of up to 200 members; returns how many were looked at, 0 when all were.

    Locks the members and passes over those locked elsewhere. A fall is a row of history at its own instant, so running
    late or twice changes nothing; tiers by the clock are right before this has run.
    """
    now = clock.now()
    for version in _falling():
        locked = lock_members(Member.id.in_(_owners(_is_due(version, now))), MEMBERS_AT_ONCE)
        if locked:
            work = loaded_work(locked)
            read_ahead(work, _books_in(work, version))
            for member in work.members.values():
                book = member.books.get(version.program_id)
                if book is not None and book.tier is not None:
                    evaluate_tier(work, member, book, version, until=now, is_historical=False)
                    book.tier_evaluated_until, book.is_changed = now, True
            write_work(work)
            return len(locked)
    return 0


def warn_of_falls() -> int:
    """Leave a mail to members who would fall within 30 days if they bought nothing more; returns how many were judged.

    Each enrollment is judged once for each day on which tiers may fall; one mail a member, program and day.
    """
    now = clock.now()
    for version in _falling():
        rows = session().execute(
            select(Enrollment.id, Enrollment.member_id).where(_may_fall_soon(version, now)).limit(MEMBERS_AT_ONCE)
        )
        found = [(row.id, row.member_id) for row in rows]
        if found:
            _warn(version, [member_id for _, member_id in found], now)
            judged = [{"id": enrollment_id, "tier_warned_until": now + WARNED_BEFORE} for enrollment_id, _ in found]
            update_rows(Enrollment, judged, set_=("tier_warned_until",))
            return len(found)
    return 0


def _warn(version: ProgramVersion, member_ids: Sequence[UUID], now: datetime) -> None:
    work = loaded_work(member_ids)
    read_ahead(work, _books_in(work, version))
    write_messages(
        NewMessage(KIND, Recipient(member_id=member.id), f"{version.program_id} {told['day']}", told)
        for member in work.members.values()
        if (told := _told(work, member, version, now)) is not None
    )


def _books_in(work: Work, version: ProgramVersion) -> list[Passbook]:
    books = (member.books.get(version.program_id) for member in work.members.values())
    return [book for book in books if book is not None and book.tier is not None]


def _told(work: Work, member: MemberWork, version: ProgramVersion, now: datetime) -> dict[str, Any] | None:
    """What the mail says; None for who keeps the tier."""
    book = member.books[version.program_id]
    fall = _next_fall(work, member, book, version, now)
    if fall is None:
        return None
    terms = version.terms
    return {
        "programId": str(version.program_id),
        "from": fall.from_tier,
        "to": fall.to_tier,
        "reason": fall.reason,
        "day": local_day(fall.effective_at, version.zone).isoformat(),
        "metric": terms.metric,
        "needed": terms.values[terms.names.index(fall.from_tier)],
    }


def _next_fall(
    work: Work, member: MemberWork, book: Passbook, version: ProgramVersion, now: datetime
) -> TierChange | None:
    changes = member.tier_changes.get(book.id) or []
    falls = evaluations(
        version.terms,
        changes,
        measured_in(work, book),
        purchase_times(work, member.id),
        now + WARNED_BEFORE,
        version.zone,
    )
    ahead = [fall for fall in falls if fall.effective_at > now and fall.from_tier == book.tier]
    return ahead[0] if ahead else None


def _falling() -> list[ProgramVersion]:
    """The newest versions of tier programs, not deleted, in which a tier can be lost."""
    ids = session().scalars(
        select(Program.id)
        .where(Program.rule_type == "TIER_BASED", Program.deleted_at.is_(None), Program.state != "draft")
        .order_by(Program.id)
    )
    versions = newest_versions(list(ids)).values()
    return [version for version in versions if version.terms.can_fall]


def _owners(condition: ColumnElement[bool]) -> Any:
    return select(Enrollment.member_id).where(condition)


def _is_due(version: ProgramVersion, now: datetime) -> ColumnElement[bool]:
    """Enrollments that nobody has looked at since tiers last could fall, or whose member has been silent too long."""
    seen = func.coalesce(Enrollment.tier_evaluated_until, Enrollment.joined_at)
    boundary = last_fall_at(version.terms, now, version.zone)
    conditions = [] if boundary is None else [seen < boundary]
    since = silent_since(version.terms, now, version.zone)
    if since is not None:
        silent = select(Member.id).where(Member.last_purchase_at <= since)
        today = now - timedelta(days=1)
        conditions.append(and_(seen < today, Enrollment.member_id.in_(silent)))
    return and_(_has_tier(version), or_(*conditions)) if conditions else Enrollment.id.is_(None)


def _may_fall_soon(version: ProgramVersion, now: datetime) -> ColumnElement[bool]:
    """Enrollments that no warning has judged for the next day on which they may fall."""
    judged = func.coalesce(Enrollment.tier_warned_until, Enrollment.joined_at)
    conditions = []
    following = next_fall_at(version.terms, now, version.zone)
    if following is not None and following <= now + WARNED_BEFORE:
        conditions.append(judged < following)
    if version.terms.inactivity_months is not None:
        silences = range(1, len(version.terms.names) + 1)
        conditions += [_falls_silent_soon(version, times, judged, now) for times in silences]
    return and_(_has_tier(version), or_(*conditions)) if conditions else Enrollment.id.is_(None)


def _falls_silent_soon(
    version: ProgramVersion, times: int, judged: ColumnElement[Any], now: datetime
) -> ColumnElement[bool]:
    """Members whose silence becomes long enough within 30 days, unless a warning has looked past that day."""
    past = silent_since(version.terms, now, version.zone, times)
    soon = silent_since(version.terms, now + WARNED_BEFORE, version.zone, times)
    falls_at = Member.last_purchase_at + func.make_interval(0, times * version.terms.inactivity_months, 0, 1)
    is_soon = and_(Member.last_purchase_at > past, Member.last_purchase_at <= soon)
    silent = exists().where(Member.id == Enrollment.member_id, is_soon, judged < falls_at)
    return and_(judged < now + WARNED_BEFORE, silent)


def _has_tier(version: ProgramVersion) -> ColumnElement[bool]:
    return and_(Enrollment.program_id == version.program_id, Enrollment.tier.is_not(None))
