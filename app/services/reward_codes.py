"""The uploaded codes of a reward: added once each, and counted as its stock."""

from __future__ import annotations

from collections.abc import Sequence

from sqlalchemy import func, select

from app.core.bulk import insert_rows
from app.core.ids import new_id
from app.core.unit_of_work import session
from app.domain.errors import ValidationErrors
from app.models.reward import Reward, RewardCode
from app.models.voucher import Voucher


def add_codes(reward: Reward, codes: Sequence[str]) -> None:
    """Add codes to a list, whose stock is how many there are. The caller holds the reward's lock.

    Raises ValidationErrors on ``codes`` for one that stands in a list of this business or on a voucher already.
    """
    _refuse_known(codes)
    rows = [{"id": new_id(), "reward_id": reward.id, "code": code, "redemption_id": None} for code in codes]
    insert_rows(RewardCode, rows)
    stock = _count(reward), _count(reward, is_free=True)
    reward.quantity_available, reward.quantity_remaining = stock
    session().flush()


def has_codes(reward: Reward) -> bool:
    """Whether any code was ever uploaded for it."""
    return session().scalar(select(RewardCode.id).where(RewardCode.reward_id == reward.id).limit(1)) is not None


def _refuse_known(codes: Sequence[str]) -> None:
    if not codes:
        return
    listed = select(RewardCode.code).where(RewardCode.code.in_(codes))
    used = select(Voucher.code).where(Voucher.code.in_(codes))
    known = sorted({*session().scalars(listed), *session().scalars(used)})
    if known:
        more = f" and {len(known) - 1:,} more" if len(known) > 1 else ""
        raise ValidationErrors({"codes": [f"The code {known[0]}{more} was uploaded before: leave it out"]})


def _count(reward: Reward, *, is_free: bool = False) -> int:
    wanted = select(func.count()).where(RewardCode.reward_id == reward.id)
    return session().scalar(wanted.where(RewardCode.redemption_id.is_(None)) if is_free else wanted) or 0
