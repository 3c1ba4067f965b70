"""The multipliers that stand on a purchase, as exact products of integers."""

from dataclasses import dataclass
from decimal import Decimal
from functools import lru_cache

Factor = tuple[str, str | None, str]  # (kind, name to show, multiplier as text)


@dataclass(frozen=True, slots=True)
class Product:
    """A product of multipliers as numerator / denominator, with its factors for the trace.

    `is_private` says that one of them is the member's private multiplier, which is never among `factors` (RULES 6).
    """

    numerator: int = 1
    denominator: int = 1
    factors: tuple[Factor, ...] = ()
    is_private: bool = False


NEUTRAL = Product()


@dataclass(frozen=True, slots=True)
class Multipliers:
    """What multiplies one purchase: the held tier's, the member's private one, a campaign's, the badge's two."""

    tier: Decimal = Decimal(1)
    tier_name: str | None = None
    private: Decimal = Decimal(1)
    campaign: Decimal = Decimal(1)
    badge: Decimal = Decimal(1)
    badge_cashback: Decimal = Decimal(1)

    def as_json(self) -> dict[str, str]:
        """Only what differs from 1, as stored beside an outcome so that a refund finds it again."""
        named = {
            "tier": self.tier,
            "private": self.private,
            "campaign": self.campaign,
            "badge": self.badge,
            "badgeCashback": self.badge_cashback,
        }
        stored = {key: str(value) for key, value in named.items() if value != 1}
        return stored | {"tierName": self.tier_name} if self.tier_name and "tier" in stored else stored

    @classmethod
    def from_json(cls, stored: dict[str, str]) -> "Multipliers":
        """The multipliers of an earlier grant."""
        number = {key: Decimal(value) for key, value in stored.items() if key != "tierName"}
        one = Decimal(1)
        return cls(
            tier=number.get("tier", one),
            tier_name=stored.get("tierName"),
            private=number.get("private", one),
            campaign=number.get("campaign", one),
            badge=number.get("badge", one),
            badge_cashback=number.get("badgeCashback", one),
        )


NONE = Multipliers()


@lru_cache(maxsize=4096)
def points_product(multipliers: Multipliers) -> Product:
    """What multiplies points (RULES 3, POINTS_BASED)."""
    if multipliers == NONE:
        return NEUTRAL
    shown: list[Factor] = [
        ("tier", multipliers.tier_name, str(multipliers.tier)),
        ("campaign", None, str(multipliers.campaign)),
        ("badge", None, str(multipliers.badge)),
    ]
    numerator = denominator = 1
    for value in (multipliers.tier, multipliers.private, multipliers.campaign, multipliers.badge):
        above, below = value.as_integer_ratio()
        numerator, denominator = numerator * above, denominator * below
    factors = tuple(factor for factor in shown if Decimal(factor[2]) != 1)
    return Product(numerator, denominator, factors, is_private=multipliers.private != 1)


@lru_cache(maxsize=256)
def cashback_product(badge_cashback: Decimal) -> Product:
    """What multiplies cashback: the badge alone (RULES 3, CASH_BACK)."""
    if badge_cashback == 1:
        return NEUTRAL
    numerator, denominator = badge_cashback.as_integer_ratio()
    return Product(numerator, denominator, (("badge", None, str(badge_cashback)),))
