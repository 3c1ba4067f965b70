"""The demo's catalogue: rewards of its trade, and some redemptions in every state of the board."""

from __future__ import annotations

from uuid import UUID

from sqlalchemy import select

from app.core.unit_of_work import session
from app.domain.actor import Actor
from app.domain.reward_starters import starters
from app.models.enrollment import Enrollment
from app.models.reward import Reward
from app.queries.currency import currency
from app.queries.reward_reach import points_programs
from app.services.redemption_moves import move_redemption
from app.services.redemptions import Delivery, request_redemption
from app.services.rewards import add_reward

_CLERK = Actor("staff", None, "Rosa")
_WAYS = (
    (),
    ("approved",),
    ("redeemed",),
    ("approved", "shipped"),
    ("approved", "shipped", "delivered"),
    ("cancelled",),
)
_SENT = Delivery("shipping", {"street": "Velyka Vasylkivska 72", "city": "Kyiv"})


def fill_catalogue(industry: str) -> int:
    """Add the trade's ready rewards to an empty catalogue and redeem the cheapest; returns how many were redeemed.

    Does nothing without a points program, or once there is a reward.
    """
    programs = points_programs()
    if not programs or session().scalar(select(Reward.id).limit(1)) is not None:
        return 0
    made = []
    for starter in starters(industry):
        cost = starter.points(programs[0].points_per_unit, currency())
        body = {"name": starter.name, "rewardType": starter.reward_type, "value": starter.value, "pointsCost": cost}
        made.append((cost, add_reward({**body, "voucherExpiresAfterDays": 60}, actor=_CLERK)))
    cost, reward_id = min(made)
    members = _able(programs[0].id, cost)
    for place, member_id in enumerate(members):
        way = _WAYS[place % len(_WAYS)]
        delivery = _SENT if "shipped" in way else Delivery()
        redemption_id = request_redemption(
            member_id, reward_id, program_id=programs[0].id, delivery=delivery, actor=_CLERK
        )
        for status in way:
            move_redemption(redemption_id, status, actor=_CLERK)
    return len(members)


def _able(program_id: UUID, cost: int) -> list[UUID]:
    """Up to a dozen members who can pay, those with the most points first."""
    found = (
        select(Enrollment.member_id)
        .where(Enrollment.program_id == program_id, Enrollment.balance >= cost)
        .order_by(Enrollment.balance.desc(), Enrollment.id)
        .limit(12)
    )
    return list(session().scalars(found))
