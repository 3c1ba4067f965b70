"""What may become of a redemption, and how points are turned into money (RULES 5; API.md)."""

from collections.abc import Sequence
from datetime import datetime, timedelta
from enum import StrEnum
from math import gcd
from zoneinfo import ZoneInfo

from app.domain.errors import Conflict, ValidationErrors
from app.domain.localtime import end_of_day, local_day
from app.domain.money import exponent
from app.domain.rules.points_based import Config, RedemptionStep

LEAST_AFTER_RETURN = timedelta(days=14)
"""Points that come back can be used for at least so long, however soon their lot would have run out."""


class RedemptionStatus(StrEnum):
    """Where a redemption stands; the last three are its ends."""

    PENDING = "pending"
    APPROVED = "approved"
    SHIPPED = "shipped"
    DELIVERED = "delivered"
    REDEEMED = "redeemed"
    CANCELLED = "cancelled"


_S = RedemptionStatus

ALLOWED_MOVES: dict[str, tuple[str, ...]] = {
    _S.PENDING: (_S.APPROVED, _S.REDEEMED, _S.CANCELLED),
    _S.APPROVED: (_S.SHIPPED, _S.REDEEMED, _S.CANCELLED),
    _S.SHIPPED: (_S.DELIVERED,),
    _S.DELIVERED: (),
    _S.REDEEMED: (),
    _S.CANCELLED: (),
}
OPEN = (_S.PENDING.value, _S.APPROVED.value, _S.SHIPPED.value)
FULFILLED = (_S.REDEEMED.value, _S.DELIVERED.value)


def check_move(status: str, to: str) -> None:
    """Raise Conflict ``invalid_transition`` where the machine has no way."""
    if to in ALLOWED_MOVES[status]:
        return
    if status == to:
        raise Conflict("invalid_transition", f"This redemption is {status} already")
    ways = ", ".join(ALLOWED_MOVES[status])
    after = f"it can become {ways}" if ways else "that is its end"
    raise Conflict("invalid_transition", f"This redemption is {status}: {after}")


def moved_words(status: str, moved_by: str, moved_at: datetime, now: datetime) -> str:
    """Who was faster: "Sam approved this 5 s ago"."""
    verb = "requested" if status == _S.PENDING else "marked" if status == _S.SHIPPED else status
    after = " as shipped" if status == _S.SHIPPED else ""
    return f"{moved_by or 'Somebody'} {verb} this{after} {_ago(now - moved_at)} ago"


def returned_expiry(expires_at: datetime | None, now: datetime, zone: ZoneInfo) -> datetime | None:
    """When points that come back run out: when their lot does, but at least 14 days from now; never stays never.

    As with every lot, at the end of a local day, so that "until 14 June" is true all day.
    """
    if expires_at is None:
        return None
    return max(expires_at, end_of_day(local_day(now + LEAST_AFTER_RETURN, zone), zone))


def money_for_points(points: int, config: Config, currency: str) -> int:
    """Minor units for so many points, or ValidationErrors on ``points`` naming the nearest number below.

    With steps only those; otherwise the points must give a whole number of minor units.
    """
    if points < config.minimum_redemption_points:
        raise _refused(f"At least {config.minimum_redemption_points:,} points can be turned into money")
    if config.redemption_steps:
        return _by_steps(points, config.redemption_steps)
    minor_a_unit: int = 10 ** exponent(currency)
    step = config.redemption_rate // gcd(config.redemption_rate, minor_a_unit)
    if points % step:
        below = points // step * step
        near = f" The nearest below is {below:,}." if below >= config.minimum_redemption_points and below else ""
        raise _refused(f"{points:,} points do not give a whole amount.{near} Use a multiple of {step:,}")
    return points * minor_a_unit // config.redemption_rate


def _ago(passed: timedelta) -> str:
    seconds = max(1, int(passed.total_seconds()))
    for size, unit in ((86_400, "d"), (3_600, "h"), (60, "min")):
        if seconds >= size:
            return f"{seconds // size} {unit}"
    return f"{seconds} s"


def _by_steps(points: int, steps: Sequence[RedemptionStep]) -> int:
    for step in steps:
        if step.points == points:
            return step.value
    below = max((step.points for step in steps if step.points < points), default=None)
    offered = ", ".join(f"{step.points:,}" for step in steps)
    near = f" The nearest below is {below:,}." if below else ""
    raise _refused(f"{points:,} points are none of the steps.{near} Use one of {offered}")


def _refused(sentence: str) -> ValidationErrors:
    return ValidationErrors({"points": [sentence]})
