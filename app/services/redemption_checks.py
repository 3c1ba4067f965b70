"""What is looked at before a redemption: the reward, the delivery, the member, and which enrollment pays."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy import func, select

from app.core.tenancy import current_business_id
from app.core.unit_of_work import session
from app.domain.errors import Conflict, NotFound, ValidationErrors
from app.domain.reward_offer import NOT_NOW, TOO_FEW, Asker, refusal
from app.models.location import Location
from app.models.member import Member
from app.models.program import Program
from app.models.redemption import Redemption
from app.models.reward import PlatformReward, Reward
from app.queries.businesses import zone as business_zone
from app.queries.reward_shelf import offer_of
from app.queries.tiers_held import tiers_of
from app.services.passbook import Passbook

_NO_ADDRESS = "Enter the address to send it to"


@dataclass(frozen=True, slots=True)
class Delivery:
    """How the member gets it; an address is needed for shipping and kept for nothing else."""

    method: str = "in_store"
    address: str | Mapping[str, Any] | None = None
    notes: str = ""
    location_id: UUID | None = None


IN_STORE = Delivery()


def check_member(member: Member) -> None:
    """Refuse a member who is suspended or expired. Raises Conflict ``not_available``."""
    if member.status in ("suspended", "expired"):
        raise Conflict(NOT_NOW, f"This member is {member.status} and cannot redeem")


def offered_reward(reward_id: UUID) -> Reward:
    """The reward as it is now; a suggestion of the platform has to be copied first. Raises NotFound or Conflict."""
    found = select(Reward).where(Reward.id == reward_id, Reward.deleted_at.is_(None))
    reward = session().scalar(found.execution_options(populate_existing=True))
    if reward is not None:
        return reward
    if session().get(PlatformReward, reward_id) is not None:
        raise Conflict(NOT_NOW, "This is the platform's suggestion: make a copy of it first")
    raise NotFound("reward")


def check_delivery(delivery: Delivery) -> None:
    """Refuse shipping without an address, and a location of nobody. Raises ValidationErrors."""
    if delivery.method == "shipping" and not delivery.address:
        raise ValidationErrors({"shippingAddress": [_NO_ADDRESS]})
    if delivery.location_id is not None:
        key = (current_business_id(), delivery.location_id)
        if session().get(Location, key) is None:
            raise ValidationErrors({"locationId": ["No such location in this business"]})


def check_offer(reward: Reward, member: Member, location_id: UUID | None, now: datetime) -> None:
    """Everything but the balance, which depends on the program that pays. Raises Conflict with a code of API.md."""
    tiers = tiers_of(member.id, now) if reward.tier_exclusive else frozenset[str]()
    taken = _taken(reward.id, member.id) if reward.per_member_limit else 0
    zone = business_zone() if reward.valid_hours else None
    found = refusal(offer_of(reward), Asker(member.status, tiers, taken, reward.points_cost), now, zone)
    if found is not None:
        raise Conflict(found.code, found.message)
    if location_id is not None and reward.location_ids and str(location_id) not in reward.location_ids:
        raise Conflict(NOT_NOW, f"{reward.name} cannot be had at this location")


def check_choice(reward: Reward, delivery: Delivery) -> None:
    """Refuse a way of delivery that members are not offered. Raises ValidationErrors."""
    if delivery.method not in reward.delivery_methods:
        raise ValidationErrors({"deliveryMethod": ["Choose one of the ways that are offered"]})


def _taken(reward_id: UUID, member_id: UUID) -> int:
    mine = select(func.count()).where(Redemption.reward_id == reward_id, Redemption.member_id == member_id)
    return session().scalar(mine.where(Redemption.status != "cancelled")) or 0


def refuse_other_program(reward: Reward, program_id: UUID | None) -> None:
    """Refuse a program that is named to pay for a reward of another one."""
    if reward.program_id is not None and program_id not in (None, reward.program_id):
        raise ValidationErrors({"programId": ["This reward is paid for in another program"]})


def paying_book(
    books: list[Passbook], program_id: UUID | None, points: int, now: datetime, *, is_checked: bool = True
) -> Passbook:
    """The enrollment that pays: the one asked for, or the only one that could.

    Raises ValidationErrors ``program_required``, or Conflict ``insufficient_points``.
    """
    open_ids = set(
        session().scalars(
            select(Program.id).where(
                Program.id.in_([book.program_id for book in books]),
                Program.rule_type == "POINTS_BASED",
                func.coalesce(Program.redeem_until > now, True),
            )
        )
    )
    mine = [book for book in books if book.program_id in open_ids and program_id in (None, book.program_id)]
    if program_id is None and len(mine) > 1:
        able = [book for book in mine if book.balance >= points]
        if len(able) > 1:
            raise ValidationErrors(
                {"programId": ["Say which program pays: more than one could"]}, code="program_required"
            )
        mine = able or mine
    if not mine:
        raise Conflict(TOO_FEW, f"{points:,} points to go")
    book = max(mine, key=lambda each: each.balance)
    if is_checked:
        check_balance(book, points)
    return book


def check_balance(book: Passbook, points: int) -> None:
    """Refuse more than is there: pending points do not count. Raises Conflict ``insufficient_points``."""
    if book.balance < points:
        missing = points - book.balance
        raise Conflict(TOO_FEW, f"{missing:,} point{'' if missing == 1 else 's'} to go")
