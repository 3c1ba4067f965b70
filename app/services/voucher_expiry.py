"""Says of vouchers what the clock has said already: warned 7 days and 1 day before, and over when they are over."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from datetime import datetime, timedelta
from uuid import UUID
from zoneinfo import ZoneInfo

from sqlalchemy import ColumnElement, and_, func, or_, select

from app.core import clock
from app.core.unit_of_work import session
from app.domain.actor import SYSTEM
from app.domain.events import EventType
from app.domain.expiry import last_day
from app.models.member import Member
from app.models.program import Program
from app.models.redemption import Redemption
from app.models.voucher import Voucher
from app.queries.businesses import zone as business_zone
from app.queries.statements import AnySelect
from app.services import outbox
from app.services.member_locks import lock_members_by_id
from app.services.messages import NewMessage, Recipient, write_messages
from app.services.redemption_moves import RAN_OUT, cancel
from app.services.redemption_vouchers import announced

VOUCHERS_AT_ONCE = 500
WARNINGS = (7, 1)
"""Days before a voucher runs out on which its member is told, once each."""
MESSAGE = "voucher_expiring"


def expire_vouchers() -> int:
    """End up to 500 vouchers of the business in scope that are past their time; returns how many.

    Locks their members and passes over those locked elsewhere. A rule's voucher is lost; a catalogue's cancels its
    redemption, so the points go back (RULES 5). Read again under the lock, so it may run twice and at once.
    """
    now = clock.now()
    due = session().execute(_over(now)).all()
    members = _locked(row.member_id for row in due)
    vouchers = _fresh([row.id for row in due if row.member_id in members])
    if vouchers:
        outbox.record_all([_expired(members[voucher.member_id], voucher, now) for voucher in vouchers])
    session().flush()
    return len(vouchers)


def warn_of_expiry() -> int:
    """Leave the mails for up to 500 vouchers that run out within 7 days or 1; returns how many were warned of.

    Business key of a mail: (member, voucher, days); ``warned_days`` is written with it.
    """
    now = clock.now()
    due = session().scalars(
        select(Voucher)
        .where(
            Voucher.status == "available", Voucher.expires_at > now, or_(*(_unwarned(days, now) for days in WARNINGS))
        )
        .order_by(Voucher.expires_at, Voucher.id)
        .limit(VOUCHERS_AT_ONCE)
        .with_for_update(skip_locked=True)
    )
    zone = business_zone()
    warned = [_warned(voucher, zone, now) for voucher in due]
    write_messages(warned)
    session().flush()
    return len(warned)


def _over(now: datetime) -> AnySelect:
    """Vouchers past their own time, or past the last day on which their program can be redeemed."""
    own = Voucher.expires_at <= now
    return (
        select(Voucher.id, Voucher.member_id)
        .join(Program, Program.id == Voucher.program_id)
        .where(Voucher.status == "available", or_(own, Program.redeem_until <= now))
        .order_by(Voucher.expires_at, Voucher.id)
        .limit(VOUCHERS_AT_ONCE)
    )


def _locked(member_ids: Iterable[UUID]) -> dict[UUID, Member]:
    locked = lock_members_by_id(set(member_ids))
    return {member.id: member for member in session().scalars(select(Member).where(Member.id.in_(locked)))}


def _fresh(ids: Sequence[UUID]) -> list[Voucher]:
    if not ids:
        return []
    still = select(Voucher).where(Voucher.id.in_(ids), Voucher.status == "available").order_by(Voucher.id)
    return list(session().scalars(still.with_for_update().execution_options(populate_existing=True)))


def _expired(member: Member, voucher: Voucher, now: datetime) -> outbox.Fact:
    """End one voucher and return what is told of it."""
    voucher.status = "expired"
    if voucher.redemption_id is not None:
        found = select(Redemption).where(Redemption.id == voucher.redemption_id).with_for_update()
        redemption = session().scalars(found.execution_options(populate_existing=True)).one()
        redemption.notes = redemption.notes or RAN_OUT
        cancel(member, redemption, SYSTEM, now, voucher_status="expired")
    member.event_sequence += 1
    told = {"memberId": member.id, **announced(voucher), "expiredAt": voucher.expires_at or now}
    return outbox.Fact(EventType.VOUCHER_EXPIRED, "member", member.id, member.event_sequence, told)


def _unwarned(days: int, now: datetime) -> ColumnElement[bool]:
    return and_(Voucher.expires_at <= now + timedelta(days=days), func.coalesce(Voucher.warned_days, 999) > days)


def _warned(voucher: Voucher, zone: ZoneInfo, now: datetime) -> NewMessage:
    assert voucher.expires_at is not None
    days = min(each for each in WARNINGS if voucher.expires_at <= now + timedelta(days=each))
    voucher.warned_days = days
    context = {
        "programId": str(voucher.program_id),
        "voucherId": str(voucher.id),
        "description": voucher.description,
        "days": days,
        "lastDay": last_day(voucher.expires_at, zone).isoformat(),
        "isCatalogue": voucher.redemption_id is not None,
    }
    return NewMessage(MESSAGE, Recipient(member_id=voucher.member_id), f"{voucher.id}:{days}", context)
