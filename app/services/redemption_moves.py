"""Moves a redemption on: approved, shipped, delivered, redeemed or cancelled, each once and by one person (RULES 5)."""

from __future__ import annotations

from datetime import datetime
from uuid import UUID

from sqlalchemy import select

from app.core import clock
from app.core.unit_of_work import session
from app.domain.actor import Actor
from app.domain.errors import Conflict, NotFound, PreconditionFailed
from app.domain.events import EventType
from app.domain.redemptions import FULFILLED, RedemptionStatus, check_move, moved_words
from app.models.member import Member
from app.models.redemption import Redemption
from app.models.reward import Reward
from app.models.voucher import Voucher
from app.services import audit
from app.services.member_facts import tell
from app.services.redemption_books import count, give_back
from app.services.redemption_vouchers import announced as announced_voucher
from app.services.redemption_vouchers import close_voucher
from app.services.redemptions import announced
from app.services.reward_stock import return_unit

RAN_OUT = "The voucher ran out unredeemed"


def move_redemption(
    redemption_id: UUID,
    status: str | None,
    *,
    actor: Actor,
    tracking_number: str | None = None,
    notes: str | None = None,
    return_points: bool = True,
    if_match: int | None = None,
    seen_version: int | None = None,
    location_id: UUID | None = None,
) -> None:
    """Bring a redemption to a status (None: only its tracking number or notes). Locks its member, then itself.

    A cancel puts the points back unless told otherwise, and the unit of stock. Raises NotFound, Conflict
    ``invalid_transition``, PreconditionFailed by ``if_match``, or Conflict ``moved_on`` naming who moved it since
    ``seen_version``.
    """
    member, redemption = locked_redemption(redemption_id)
    now = clock.now()
    if if_match is not None and if_match != redemption.version:
        raise PreconditionFailed
    if seen_version is not None and seen_version != redemption.version:
        words = moved_words(redemption.status, redemption.moved_by, redemption.moved_at, now)
        raise Conflict("moved_on", words)
    before = _told(redemption)
    if status is not None:
        check_move(redemption.status, status)
    if tracking_number is not None:
        redemption.tracking_number = tracking_number or None
    if notes is not None:
        redemption.notes = notes
    if status == RedemptionStatus.CANCELLED:
        cancel(member, redemption, actor, now, return_points=return_points)
    elif status is not None:
        _advance(member, redemption, status, actor, now, location_id)
    else:
        _moved(member, redemption, redemption.status, actor, now)
    audit.record(actor, "redemption.moved", ("redemption", redemption.id), before, _told(redemption))


def locked_redemption(redemption_id: UUID) -> tuple[Member, Redemption]:
    """The redemption and its member, erased or not, under their locks in this order. Raises NotFound."""
    member_id = session().scalar(select(Redemption.member_id).where(Redemption.id == redemption_id))
    if member_id is None:
        raise NotFound("redemption")
    return locked_owner(member_id), _fresh(redemption_id)


def locked_owner(member_id: UUID) -> Member:
    """The member's row lock, which orders all that happens to their points; an erased member's too."""
    found = select(Member).where(Member.id == member_id).with_for_update()
    return session().scalars(found.execution_options(populate_existing=True)).one()


def cancel(
    member: Member,
    redemption: Redemption,
    actor: Actor,
    now: datetime,
    *,
    return_points: bool = True,
    voucher_status: str = "revoked",
) -> None:
    """Cancel an open redemption whose locks are held: points and stock go back, the voucher ends."""
    if return_points:
        give_back(redemption, now, actor.id if actor.kind in ("user", "staff") else None)
    returned = redemption.points_redeemed if return_points else 0
    is_revoked = redemption.voucher_id is not None and voucher_status == "revoked"
    count(redemption.program_id, redemptions=-1, vouchers=-1 if is_revoked else 0, spent=-returned)
    if redemption.holds_stock and redemption.reward_id is not None and not _is_listed(redemption.reward_id):
        redemption.holds_stock = False
        return_unit(redemption.reward_id)
    close_voucher(redemption, voucher_status, now)
    redemption.status = RedemptionStatus.CANCELLED
    redemption.points_returned = returned
    _moved(member, redemption, RedemptionStatus.CANCELLED, actor, now)


def redeem(
    member: Member, redemption: Redemption, voucher: Voucher, actor: Actor, location_id: UUID | None, now: datetime
) -> None:
    """Hand an open redemption over by its voucher; the locks are held and the voucher is still available."""
    check_move(redemption.status, RedemptionStatus.REDEEMED)
    voucher.status, voucher.redeemed_at, voucher.location_id = "redeemed", now, location_id
    _tell_voucher(member, voucher)
    _moved(member, redemption, RedemptionStatus.REDEEMED, actor, now)


def _fresh(redemption_id: UUID) -> Redemption:
    found = select(Redemption).where(Redemption.id == redemption_id).with_for_update()
    return session().scalars(found.execution_options(populate_existing=True)).one()


def _advance(
    member: Member, redemption: Redemption, status: str, actor: Actor, now: datetime, location_id: UUID | None
) -> None:
    """What is sent off or handed over uses its voucher up, so that it cannot be had twice."""
    if status in (RedemptionStatus.SHIPPED, RedemptionStatus.REDEEMED) and redemption.voucher_id is not None:
        close_voucher(redemption, "redeemed", now, location_id or redemption.location_id)
        voucher = session().get_one(Voucher, (redemption.business_id, redemption.voucher_id))
        _tell_voucher(member, voucher)
    _moved(member, redemption, status, actor, now)


def _moved(member: Member, redemption: Redemption, status: str, actor: Actor, now: datetime) -> None:
    redemption.status = status
    redemption.moved_at, redemption.moved_by = now, actor.name
    redemption.version += 1
    if status in FULFILLED and redemption.fulfilled_at is None:
        redemption.fulfilled_at = now
    told = announced(redemption) | {"pointsReturned": redemption.points_returned}
    tell(member, EventType.REDEMPTION_UPDATED, told)
    session().flush()


def _tell_voucher(member: Member, voucher: Voucher) -> None:
    tell(member, EventType.VOUCHER_REDEEMED, announced_voucher(voucher) | {"locationId": voucher.location_id})


def _is_listed(reward_id: UUID) -> bool:
    """A code of a list that was shown to a member is not given to another one: its unit stays taken."""
    return session().scalar(select(Reward.code_kind).where(Reward.id == reward_id)) == "list"


def _told(redemption: Redemption) -> dict[str, object]:
    return {
        "status": redemption.status,
        "trackingNumber": redemption.tracking_number,
        "pointsReturned": redemption.points_returned,
    }
