"""Writes how each program and the business stood at the end of every local day that is over."""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Iterable, Iterator
from datetime import date, timedelta
from decimal import ROUND_HALF_UP, Decimal
from typing import Any
from uuid import UUID

from app.core import clock
from app.core.bulk import upsert_rows
from app.domain.localtime import local_day
from app.models.day_figures import BusinessDay, ProgramDay
from app.queries.businesses import zone
from app.queries.movements import Movement, movements
from app.queries.trends import last_day, written_days

OF_THE_DAY = ("new_members", "churned_members", "visits")
LEVELS = (
    "total_members",
    "active_members",
    "earned_members",
    "redeemed_members",
    "vouchers_issued",
    "vouchers_redeemed",
    "total_points_issued",
    "total_points_redeemed",
    "total_points_expired",
    "total_points_outstanding",
    "total_spending",
)
_ROWS_AT_ONCE = 2_000
_DAY = timedelta(days=1)
_CENT = Decimal("0.01")

Days = dict[date, tuple[Counter[str], Counter[str]]]


def write_snapshots() -> int:
    """Write the days that are over, once yesterday's is missing; returns how many rows were new or have changed.

    The whole history is walked, so that a late purchase, a refund or a new business puts every past day right; a row
    that says the same already is left alone, and a second run writes nothing.
    """
    business_zone = zone()
    yesterday = local_day(clock.now(), business_zone) - _DAY
    if last_day() == yesterday:
        return 0
    return sum(
        _write(program_id, days, yesterday) for program_id, days in _by_program(movements(business_zone)).items()
    )


def _by_program(moved: Iterable[Movement]) -> dict[UUID | None, Days]:
    """Movements by program (None: the business) and day: figures, and members by tier."""
    found: dict[UUID | None, Days] = defaultdict(lambda: defaultdict(lambda: (Counter(), Counter())))
    for each in moved:
        figures, tiers = found[each.program_id][each.day]
        if each.tier is None:
            figures.update(each.figures)
        else:
            tiers[each.tier] += each.figures["members"]
    return found


def _write(program_id: UUID | None, days: Days, until: date) -> int:
    """Upsert in lots what is not written like this already."""
    model = BusinessDay if program_id is None else ProgramDay
    known = written_days(program_id)
    now = clock.now()
    changed = [row for row in _rows(days, until) if known.get(row["day"]) != row]
    named = {} if program_id is None else {"program_id": program_id}
    rows = [{**named, **row, "written_at": now} for row in changed]
    for start in range(0, len(rows), _ROWS_AT_ONCE):
        upsert_rows(model, rows[start : start + _ROWS_AT_ONCE], key=(*named, "day"))
    return len(rows)


def _rows(days: Days, until: date) -> Iterator[dict[str, Any]]:
    """One row a day without gaps, from the first movement on."""
    levels: Counter[str] = Counter()
    tiers: Counter[str] = Counter()
    day = min(days, default=until + _DAY)
    while day <= until:
        figures, moved = days.get(day, (Counter[str](), Counter[str]()))
        levels.update({name: figures[name] for name in LEVELS})
        tiers.update(moved)
        yield _row(day, levels, {name: figures[name] for name in OF_THE_DAY}, tiers)
        day += _DAY


def _row(day: date, levels: Counter[str], of_the_day: dict[str, int], tiers: Counter[str]) -> dict[str, Any]:
    members = levels["total_members"]
    return {
        "day": day,
        **{name: levels[name] for name in LEVELS},
        **of_the_day,
        "redemption_rate": _percent(levels["redeemed_members"], levels["earned_members"]),
        "average_member_points": levels["total_points_outstanding"] // members if members else 0,
        "average_spending_per_member": levels["total_spending"] // members if members else 0,
        "tier_distribution": {tier: total for tier, total in sorted(tiers.items()) if total > 0},
    }


def _percent(part: int, whole: int) -> Decimal:
    return (Decimal(100 * part) / whole).quantize(_CENT, ROUND_HALF_UP) if whole else Decimal(0).quantize(_CENT)
