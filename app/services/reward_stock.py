"""The stock of a reward: a unit is taken with the debit and comes back with a cancel, never below nothing."""

from __future__ import annotations

from uuid import UUID

from sqlalchemy import func, select, update

from app.core.unit_of_work import session
from app.domain.errors import Conflict
from app.domain.reward_offer import OUT
from app.models.redemption import Redemption
from app.models.reward import Reward, RewardCode


def take_unit(reward: Reward) -> bool:
    """Take one of a limited stock; False where there is no limit. The last of the locks: enrollment, lots, stock.

    One conditional update, so the last unit is given once. Raises Conflict ``out_of_stock``.
    """
    if reward.quantity_remaining is None:
        return False
    taken = session().execute(
        update(Reward)
        .where(Reward.id == reward.id, Reward.quantity_remaining > 0)
        .values(quantity_remaining=Reward.quantity_remaining - 1)
        .returning(Reward.id)
        .execution_options(synchronize_session=False)
    )
    if taken.first() is None:
        raise Conflict(OUT, f"{reward.name} is out of stock")
    return True


def return_unit(reward_id: UUID) -> None:
    """Put one back, unless the owner has lifted the limit or lowered it in the meantime."""
    session().execute(
        update(Reward)
        .where(Reward.id == reward_id, Reward.quantity_remaining < Reward.quantity_available)
        .values(quantity_remaining=Reward.quantity_remaining + 1)
        .execution_options(synchronize_session=False)
    )


def held_units(reward_id: UUID) -> int:
    """How many redemptions hold a unit; exact only under the lock of the reward."""
    held = select(func.count()).where(Redemption.reward_id == reward_id, Redemption.holds_stock)
    return session().scalar(held) or 0


def take_code(reward: Reward) -> RewardCode:
    """The oldest code of a list that nobody has; whoever took a unit finds one. Raises Conflict ``out_of_stock``."""
    free = (
        select(RewardCode)
        .where(RewardCode.reward_id == reward.id, RewardCode.redemption_id.is_(None))
        .order_by(RewardCode.id)
        .limit(1)
        .with_for_update(skip_locked=True)
    )
    found = session().scalar(free)
    if found is None:
        raise Conflict(OUT, f"{reward.name} is out of stock")
    return found
