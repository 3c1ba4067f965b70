"""The last gate: a member's caps and the program's budget; what lies below them is granted (RULES 2)."""

from collections.abc import Mapping
from datetime import date
from uuid import UUID

from app.domain.localtime import window_key
from app.domain.program import ProgramVersion
from app.domain.rule_type import Trace
from app.domain.standing import Outcome, Standing

BudgetLeft = Mapping[UUID, int]  # program id -> what is left of its budget in the window of the purchase's local day


def allowed(
    version: ProgramVersion, unit: str, wanted: int, standing: Standing, budget_left: BudgetLeft, day: date
) -> tuple[int, Trace]:
    """How much of `wanted` (points, rewards, minor units of cashback) is granted, and a line for each limit met.

    Every limit of a program is of what its rule gives: validation lets no other in.
    """
    granted, trace = wanted, []
    for cap in version.caps:
        left = max(0, cap.maximum - standing.cap_used.get((unit, window_key(cap.per, day)), 0))
        if left < granted:
            trace.append(_line("member_cap_reached", unit, granted, left, cap.maximum, cap.per))
            granted = left
    budget = version.budget
    if budget is not None:
        left = max(0, budget_left.get(version.program_id, budget.maximum))
        if left < granted:
            trace.append(_line("budget_reached", unit, granted, left, budget.maximum, budget.per))
            granted = left
    return granted, trace


def allow_rewards(
    version: ProgramVersion, wanted: int, standing: Standing, budget_left: BudgetLeft, day: date
) -> tuple[int, int, Trace]:
    """Of `wanted` vouchers (due − issued): how many to issue, how many the limits forfeit, and why."""
    if wanted <= 0:
        return 0, 0, []
    granted, trace = allowed(version, "rewards", wanted, standing, budget_left, day)
    return granted, wanted - granted, trace


def charges(version: ProgramVersion, outcome: Outcome) -> dict[tuple[str, str], int]:
    """What the outcome uses up of the member's caps, by (unit, window key)."""
    amounts = {"points": outcome.points, "cashback": outcome.cashback_minor, "rewards": outcome.rewards}
    windows = {(cap.unit, window_key(cap.per, outcome.local_day)) for cap in version.caps}
    return {window: amounts[window[0]] for window in windows if amounts[window[0]]}


def budget_charge(version: ProgramVersion, outcome: Outcome) -> tuple[str, int] | None:
    """(window key, amount) that the outcome uses up of the program's budget; None without one."""
    if version.budget is None:
        return None
    amounts = {"points": outcome.points, "cashback": outcome.cashback_minor, "rewards": outcome.rewards}
    return window_key(version.budget.per, outcome.local_day), amounts[version.budget.unit]


def _line(code: str, unit: str, wanted: int, granted: int, maximum: int, per: str) -> list[object]:
    return [code, {"unit": unit, "wanted": wanted, "granted": granted, "max": maximum, "per": per}]
