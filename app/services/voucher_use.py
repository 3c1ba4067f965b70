"""Hands a voucher in: once, while it is good, at a location that takes part (API.md, Vouchers)."""

from __future__ import annotations

from collections.abc import Collection
from datetime import datetime
from uuid import UUID

from sqlalchemy import select

from app.core import clock
from app.core.ids import new_id
from app.core.tenancy import current_business_id
from app.core.unit_of_work import session
from app.domain.actor import Actor
from app.domain.errors import Conflict, NotFound, ValidationErrors
from app.domain.events import EventType
from app.domain.opening_hours import covers
from app.domain.reward_offer import outside_words
from app.models.location import Location
from app.models.member import Member
from app.models.program import Program
from app.models.program_stats import ProgramStatsDelta
from app.models.reward import Reward
from app.models.voucher import Voucher
from app.queries.businesses import zone as business_zone
from app.queries.live_versions import newest_versions
from app.queries.vouchers import spellings
from app.services import audit, program_stats
from app.services.member_facts import tell
from app.services.redemption_moves import locked_owner, locked_redemption, redeem
from app.services.redemption_vouchers import announced


def redeem_voucher(code: str, location_id: UUID | None, actor: Actor) -> UUID:
    """Redeem the voucher with this code; returns its id. Locks its member, then the voucher.

    Raises NotFound, ValidationErrors for an unknown location, or Conflict ``already_redeemed``, ``expired``,
    ``revoked``, ``outside_valid_hours``, ``location_not_participating``; a refused try changes nothing.
    """
    found = find_voucher(code)
    if location_id is not None:
        _check_location(location_id)
    if found.redemption_id is not None:
        member, redemption = locked_redemption(found.redemption_id)
    else:
        member, redemption = locked_owner(found.member_id), None
    voucher = _fresh(found.id)
    now = clock.now()
    _check_state(voucher, now)
    _check_hours(voucher, now)
    _check_participation(voucher, location_id)
    if redemption is not None:
        redeem(member, redemption, voucher, actor, location_id, now)
    else:
        _redeem_earned(member, voucher, location_id, now)
    audit.record(actor, "voucher.redeemed", ("voucher", voucher.id), None, _told(location_id))
    session().flush()
    return voucher.id


def find_voucher(code: str) -> Voucher:
    """The voucher with a code; ours are written in capitals, those of an uploaded list as they came. NotFound."""
    voucher = session().scalar(select(Voucher).where(Voucher.code.in_(spellings(code))).limit(1))
    if voucher is None:
        raise NotFound("voucher")
    return voucher


def _fresh(voucher_id: UUID) -> Voucher:
    wanted = select(Voucher).where(Voucher.id == voucher_id).with_for_update()
    return session().scalars(wanted.execution_options(populate_existing=True)).one()


def _check_location(location_id: UUID) -> None:
    location = session().get(Location, (current_business_id(), location_id))
    if location is None or not location.is_active:
        raise ValidationErrors({"locationId": ["No such location in this business"]})


def _check_state(voucher: Voucher, now: datetime) -> None:
    if voucher.status == "redeemed":
        raise Conflict("already_redeemed", "This voucher has been redeemed already")
    if voucher.status == "revoked":
        raise Conflict("revoked", "This voucher was taken back")
    redeem_until = session().scalar(select(Program.redeem_until).where(Program.id == voucher.program_id))
    ends = [end for end in (voucher.expires_at, redeem_until) if end is not None]
    if voucher.status == "expired" or (ends and min(ends) <= now):
        raise Conflict("expired", "This voucher has run out")


def _check_hours(voucher: Voucher, now: datetime) -> None:
    """A reward of the catalogue is handed over in its hours alone, on the clock of the business."""
    if voucher.reward_id is None:
        return
    hours = session().scalar(select(Reward.valid_hours).where(Reward.id == voucher.reward_id))
    if hours and not covers(hours, now.astimezone(business_zone())):
        raise Conflict("outside_valid_hours", outside_words(voucher.description, hours))


def _check_participation(voucher: Voucher, location_id: UUID | None) -> None:
    """The locations of the reward, or those that the program has now; none chosen means all."""
    places = _places(voucher)
    if places and location_id is None:
        raise ValidationErrors({"locationId": ["Say at which location: this voucher is not for all of them"]})
    if places and location_id not in places:
        raise Conflict("location_not_participating", "This voucher cannot be redeemed at this location")


def _places(voucher: Voucher) -> Collection[UUID]:
    if voucher.redemption_id is None:
        return newest_versions([voucher.program_id])[voucher.program_id].location_ids
    if voucher.reward_id is None:
        return ()
    stored = session().scalar(select(Reward.location_ids).where(Reward.id == voucher.reward_id)) or []
    return [UUID(str(each)) for each in stored]


def _redeem_earned(member: Member, voucher: Voucher, location_id: UUID | None, now: datetime) -> None:
    voucher.status, voucher.redeemed_at, voucher.location_id = "redeemed", now, location_id
    tell(member, EventType.VOUCHER_REDEEMED, announced(voucher) | {"locationId": location_id})
    session().add(ProgramStatsDelta(id=new_id(), program_id=voucher.program_id, redemptions=1))
    program_stats.announce_deltas()


def _told(location_id: UUID | None) -> dict[str, str | None]:
    return {"status": "redeemed", "locationId": str(location_id) if location_id else None}
