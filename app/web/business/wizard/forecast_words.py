"""Says what a forecast means to the owner, in sentences."""

from __future__ import annotations

from app.services.program_forecast import VISITS, Forecast
from app.web.support.formatting import money
from app.web.support.words import counted, listed


def consequence(found: Forecast, currency: str) -> dict[str, str | None]:
    """Return {lead, more, warning}: when a regular gets something, what it costs, and whether that is too much."""
    amount = money(found.amount_minor, currency)
    return {"lead": _lead(found, amount), "more": _cost(found), "warning": warning(found)}


def warning(found: Forecast) -> str | None:
    """Return what should give the owner pause; None where nothing should."""
    if found.is_generous:
        return "That is generous: most shops give back 5 to 10 %."
    if found.is_worthless:
        return f"{VISITS} visits give nothing. Check the amounts, or nobody will earn a reward."
    return None


def _lead(found: Forecast, amount: str) -> str:
    who = f"A regular who spends {amount} a visit"
    if found.tiers_at:
        return f"{who} reaches {listed([f'{name} on visit {number}' for name, number in found.tiers_at])}."
    if found.rewards_at:
        return f"{who} gets {_rhythm(found.rewards_at)}."
    if found.points:
        return f"{who} earns {counted(found.points // VISITS, 'point')} each time."
    if found.given_minor:
        return f"{who} gets something back each time."
    return f"{who} earns nothing within {VISITS} visits."


def _rhythm(rewards_at: tuple[int, ...]) -> str:
    first, last, total = rewards_at[0], rewards_at[-1], len(rewards_at)
    if total == 1:
        return f"one reward, on visit {first}"
    between = round((last - first) / (total - 1))
    if between <= 1:
        return "a reward every visit" if total <= VISITS else f"{counted(total, 'reward')} in {VISITS} visits"
    start = f", the first on visit {first}" if first != between else ""
    return f"a reward every {counted(between, 'visit')}{start}"


def _cost(found: Forecast) -> str | None:
    cost = found.cost_permille
    if cost is None:
        return "Tiers give nothing by themselves; their multipliers work in your points program."
    return f"It gives back about {cost // 10}.{cost % 10} % of sales." if cost else None
