"""Budgets: what a program may still give to all its members; the only row that settlings share, locked once."""

from __future__ import annotations

from collections.abc import Iterable
from uuid import UUID

from sqlalchemy import select, tuple_

from app.core.bulk import insert_rows, upsert_rows
from app.core.unit_of_work import session
from app.domain.caps import budget_charge
from app.domain.localtime import local_day, window_key
from app.domain.program import ProgramVersion
from app.domain.purchase import Purchase
from app.domain.standing import Outcome
from app.models.program_stats import BudgetUse
from app.services.earning_work import Work

Window = tuple[UUID, str]
"""(program id, window key)"""


def lock_budgets(work: Work) -> None:
    """Lock the budget rows that this batch may use, in the order of their keys, and read what they have left."""
    windows = sorted(_windows(work))
    if not windows:
        return
    rows = [{"program_id": program_id, "period": period, "used": 0} for program_id, period in windows]
    insert_rows(BudgetUse, rows, on_conflict_do_nothing=True)
    found = session().execute(
        select(BudgetUse.program_id, BudgetUse.period, BudgetUse.used)
        .where(tuple_(BudgetUse.program_id, BudgetUse.period).in_(windows))
        .order_by(BudgetUse.program_id, BudgetUse.period)
        .with_for_update()
    )
    work.budget_used = {(row.program_id, row.period): row.used for row in found}


def budget_left(work: Work, versions: Iterable[ProgramVersion], purchase: Purchase) -> dict[UUID, int]:
    """Program id -> what its budget still allows on the purchase's local day; programs without a budget are absent."""
    return {
        version.program_id: max(0, version.budget.maximum - work.budget_used.get(_window(version, purchase), 0))
        for version in versions
        if version.budget
    }


def use_budget(work: Work, version: ProgramVersion, outcome: Outcome, *, sign: int = 1) -> None:
    """Note in the batch's books what an outcome uses of its program's budget; with ``sign`` -1 it is given back."""
    if charge := budget_charge(version, outcome):
        window = (version.program_id, charge[0])
        work.budget_used[window] = max(0, work.budget_used.get(window, 0) + sign * charge[1])


def write_budgets(work: Work) -> None:
    """Write the figures back; the rows are locked since lock_budgets."""
    rows = [{"program_id": key[0], "period": key[1], "used": used} for key, used in work.budget_used.items()]
    upsert_rows(BudgetUse, rows, key=("program_id", "period"))


def _windows(work: Work) -> set[Window]:
    budgeted = [version for version in work.live.versions if version.budget]
    return {
        _window(version, waiting.purchase)
        for member in work.members.values()
        for waiting in member.purchases
        for version in budgeted
    }


def _window(version: ProgramVersion, purchase: Purchase) -> Window:
    assert version.budget is not None
    return version.program_id, window_key(version.budget.per, local_day(purchase.occurred_at, version.zone))
