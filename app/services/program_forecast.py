"""What a rule means for a regular: a hundred visits played through the engine, and what they give back."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from decimal import Decimal
from typing import Any
from zoneinfo import ZoneInfo

from app.core import clock
from app.domain.money import exponent, format_money, scaled
from app.queries.currency import currency as business_currency
from app.services.program_preview import preview_program

VISITS = 100
DAYS_BETWEEN = 2
GENEROUS_PERMILLE = 200
_NOON = 12


@dataclass(frozen=True, slots=True)
class Forecast:
    """A hundred visits: when rewards come (1 is the first visit), what they are worth, which tiers are reached.

    ``given_minor`` takes a free item for as much as a usual purchase; None where the rule gives nothing of its own.
    """

    amount_minor: int
    rewards_at: tuple[int, ...]
    tiers_at: tuple[tuple[str, int], ...]
    points: int
    given_minor: int | None

    @property
    def cost_permille(self) -> int | None:
        """What goes back to customers of what they spend, in tenths of a percent."""
        spent = self.amount_minor * VISITS
        return None if self.given_minor is None or not spent else self.given_minor * 1000 // spent

    @property
    def is_generous(self) -> bool:
        """Whether more than a fifth of sales goes back."""
        return (self.cost_permille or 0) > GENEROUS_PERMILLE

    @property
    def is_worthless(self) -> bool:
        """Whether a hundred visits give nothing, in a rule that should give something."""
        return self.given_minor == 0


def forecast(body: Mapping[str, Any], amount_minor: int) -> Forecast:
    """Play a hundred visits of ``amount_minor``, one every second day until now. Raises ValidationErrors.

    Only ruleType, ruleConfig and timezone of ``body`` are looked at: a calendar is not what a rule costs.
    """
    rule = {key: body[key] for key in ("ruleType", "ruleConfig", "timezone") if key in body}
    currency = business_currency()
    played = preview_program({**rule, "purchases": _visits(rule, format_money(amount_minor, currency))})
    outcomes = played["outcomes"]
    rewards_at = [number for number, outcome in enumerate(outcomes, 1) for _ in range(outcome["vouchers"])]
    points = sum(outcome["points"] for outcome in outcomes)
    cashback = sum(outcome["cashback"] for outcome in outcomes)
    return Forecast(
        amount_minor=amount_minor,
        rewards_at=tuple(rewards_at),
        tiers_at=_tiers(outcomes),
        points=points,
        given_minor=_given(rule, len(rewards_at), points, cashback, amount_minor, currency),
    )


def _visits(rule: Mapping[str, Any], amount: str) -> list[dict[str, Any]]:
    """The visits, in the hours and of the category that the rule asks for."""
    config = rule["ruleConfig"]
    category, hours = config.get("categoryFilter"), config.get("validHours")
    last = _last_visit(rule.get("timezone"), int(hours["start"]) if isinstance(hours, Mapping) else _NOON)
    items = [{"category": category, "quantity": 1, "unitPrice": amount}] if category else []
    return [
        {"amount": amount, "items": items, "occurredAt": (last - timedelta(days=DAYS_BETWEEN * back)).isoformat()}
        for back in range(VISITS - 1, -1, -1)
    ]


def _last_visit(timezone: str | None, hour: int) -> datetime:
    yesterday = clock.now().astimezone(ZoneInfo(timezone or "UTC")) - timedelta(days=1)
    return yesterday.replace(hour=hour, minute=0, second=0, microsecond=0)


def _tiers(outcomes: list[dict[str, Any]]) -> tuple[tuple[str, int], ...]:
    reached: dict[str, int] = {}
    for number, outcome in enumerate(outcomes, 1):
        if outcome["tier"]:
            reached.setdefault(outcome["tier"], number)
    return tuple(reached.items())


def _given(
    rule: Mapping[str, Any], rewards: int, points: int, cashback: int, amount_minor: int, currency: str
) -> int | None:
    """What the visits give back, in minor units."""
    config = rule["ruleConfig"]
    match rule["ruleType"]:
        case "TIER_BASED":
            return None
        case "CASH_BACK":
            return cashback
        case "POINTS_BASED":
            unit: int = 10 ** exponent(currency)
            return points * unit // int(config["redemptionRate"])
        case _:
            return rewards * _worth(config, amount_minor, currency)


def _worth(config: Mapping[str, Any], amount_minor: int, currency: str) -> int:
    value = config["rewardValue"]
    if config["rewardType"] == "discount":
        return int(amount_minor * Decimal(str(value)) / 100)
    return amount_minor if config["rewardType"] == "free_item" else scaled(Decimal(str(value)), exponent(currency))
