"""Which tier a member holds, when one is reached and when one falls (RULES 3, TIER_BASED).

A history is a sequence of TierChange read as a fold by (effective_at, order_id): a promotion lifts to the higher of
the two, a demotion sets. Rises come from purchases; falls from the clock, at instants of their own.
"""

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from itertools import pairwise
from zoneinfo import ZoneInfo

from app.domain.localtime import add_months, local_day, period_end, period_key, period_start, start_of_day, to_instant
from app.domain.purchase import PurchaseKey
from app.domain.rule_type import Counted
from app.domain.rules.tier_based import Terms, initial, step

DEMOTIONS = frozenset({"period_end", "inactivity"})
_LENGTHS = {"monthly": 1, "quarterly": 3, "yearly": 12}


@dataclass(frozen=True, slots=True)
class TierChange:
    """One row of tier history; `order_id` is "" for what no purchase caused, so that it comes first at its instant."""

    from_tier: str | None
    to_tier: str | None
    reason: str
    effective_at: datetime
    order_id: str = ""

    @property
    def key(self) -> PurchaseKey:
        """Its place among purchases."""
        return (self.effective_at, self.order_id)


@dataclass(frozen=True, slots=True)
class Measured:
    """A purchase that a tier program measured: what it added, and what it adds since each correction."""

    occurred_at: datetime
    order_id: str
    local_day: date
    adds: int
    corrections: tuple[tuple[datetime, int], ...] = ()

    def counted(self, as_of: datetime | None) -> Counted:
        """The purchase as known at an instant; with all its corrections when that is None."""
        adds = self.adds
        for at, left in self.corrections:
            if as_of is None or at < as_of:
                adds = left
        return Counted(self.occurred_at, self.order_id, self.local_day, adds)


def tier_for(metric: int, terms: Terms) -> str | None:
    """The highest tier that a metric reaches."""
    reached = [name for name, value in zip(terms.names, terms.values, strict=True) if metric >= value]
    return reached[-1] if reached else None


def is_higher(tier: str | None, than: str | None, terms: Terms) -> bool:
    """Whether one tier is above another; none is below all, a name that is no longer there counts as none."""
    return rank(tier, terms) > rank(than, terms)


def rank(tier: str | None, terms: Terms) -> int:
    """Place from 0; -1 for none."""
    return terms.names.index(tier) if tier in terms.names else -1


def tier_held(history: Iterable[TierChange], terms: Terms, before: PurchaseKey) -> str | None:
    """The tier held just before a key: a purchase does not see the rise that it causes itself."""
    held: str | None = None
    for change in sorted(history, key=_key):
        if change.key >= before:
            break
        held = _after(held, change, terms)
    return held


def late_rises(terms: Terms, measured: Iterable[Measured], history: Sequence[TierChange]) -> list[TierChange]:
    """The rises that a walk over everything measured finds and the history has not: to be asked after a late purchase.

    Each is effective from the purchase at which the metric of its period reached the tier.
    """
    found: list[TierChange] = []
    for counted, metric in _walk(terms, measured, as_of=None):
        reached = tier_for(metric, terms)
        seen = (counted.occurred_at, counted.order_id + "\0")
        held = tier_held([*history, *found], terms, seen)
        if is_higher(reached, held, terms):
            found.append(TierChange(held, reached, "automatic", counted.occurred_at, counted.order_id))
    return found


def evaluations(
    terms: Terms,
    history: Sequence[TierChange],
    measured: Sequence[Measured],
    purchased_at: Sequence[datetime],
    until: datetime,
    zone: ZoneInfo,
) -> list[TierChange]:
    """Every fall that is effective at or before `until`, in order, worked out afresh; none with degradation off.

    `measured` are the member's purchases in this program, `purchased_at` the times of all the member's purchases.
    Falls in `history` are left aside; an evaluation sees only the refunds that were made before it.
    """
    rises = [change for change in history if change.reason not in DEMOTIONS]
    if not terms.can_fall or not rises:
        return []
    planned = [
        *_period_ends(terms, min(rise.effective_at for rise in rises), until, zone),
        *_silences(terms, purchased_at, until, zone),
    ]
    falls: list[TierChange] = []
    for effective_at, evaluated_at in sorted(planned, key=lambda plan: plan[0]):
        known = [*rises, *falls]
        if evaluated_at is None:
            fall = _inactive(terms, known, effective_at)
        else:
            fall = _fallen(terms, known, measured, evaluated_at, effective_at, zone)
        falls += [fall] if fall else []
    return falls


def corrections(history: Sequence[TierChange], falls: Sequence[TierChange]) -> list[TierChange]:
    """The rows to append so that the history reads as if exactly `falls` had been written.

    A fall that is missing is appended; one that should not have been (a late purchase kept the tier) is lifted again
    at its own instant, with reason `automatic`.
    """
    written = {(row.effective_at, row.reason, row.to_tier) for row in history}
    rows = [fall for fall in falls if (fall.effective_at, fall.reason, fall.to_tier) not in written]
    right = {(fall.effective_at, fall.reason, fall.to_tier) for fall in falls}
    rows += [
        TierChange(row.to_tier, row.from_tier, "automatic", row.effective_at)
        for row in history
        if row.reason in DEMOTIONS and (row.effective_at, row.reason, row.to_tier) not in right
    ]
    lifted = {row.key for row in history if row.reason == "automatic" and row.order_id == ""}
    return [row for row in sorted(rows, key=_key) if row.reason in DEMOTIONS or row.key not in lifted]


def last_fall_at(terms: Terms, now: datetime, zone: ZoneInfo) -> datetime:
    """The latest instant at or before `now` at which the end of a period, and its grace, could have let a tier fall."""
    judged = add_months(local_day(now, zone), -terms.grace_months)
    return start_of_day(add_months(period_start(terms.evaluation_period, judged), terms.grace_months), zone)


def next_fall_at(terms: Terms, now: datetime, zone: ZoneInfo) -> datetime:
    """The first instant after `now` at which the end of a period, and its grace, may let a tier fall."""
    judged = add_months(local_day(now, zone), -terms.grace_months)
    following = add_months(period_start(terms.evaluation_period, judged), _LENGTHS[terms.evaluation_period])
    return start_of_day(add_months(following, terms.grace_months), zone)


def silent_since(terms: Terms, now: datetime, zone: ZoneInfo, times: int = 1) -> datetime | None:
    """Whoever bought nothing since this instant has been silent long enough to lose a tier; None where nobody does.

    With ``times``, to lose so many, one after the other.
    """
    return None if terms.inactivity_months is None else _months_after(now, -times * terms.inactivity_months, zone)


def _key(change: TierChange) -> PurchaseKey:
    return change.key


def _after(held: str | None, change: TierChange, terms: Terms) -> str | None:
    is_taken = change.reason in DEMOTIONS or is_higher(change.to_tier, held, terms)
    return change.to_tier if is_taken else held


def _walk(terms: Terms, measured: Iterable[Measured], as_of: datetime | None) -> Iterator[tuple[Counted, int]]:
    """Each counted purchase in its order, with the metric of its period once it is in."""
    state = initial(terms)
    for counted in sorted((row.counted(as_of) for row in measured), key=lambda row: (row.occurred_at, row.order_id)):
        if counted.adds:
            state = step(terms, state, counted).state
            yield counted, state["metric"]


def _period_ends(
    terms: Terms, first: datetime, until: datetime, zone: ZoneInfo
) -> Iterator[tuple[datetime, datetime | None]]:
    """(when the fall would come, when the period is looked at) for every evaluation after the first tier."""
    day = period_end(terms.evaluation_period, local_day(first, zone))
    while day is not None and (looked_at := start_of_day(day, zone)) <= until:
        falls_at = start_of_day(add_months(day, terms.grace_months), zone)
        if falls_at <= until:
            yield falls_at, looked_at
        day = period_end(terms.evaluation_period, day)


def _silences(
    terms: Terms, purchased_at: Sequence[datetime], until: datetime, zone: ZoneInfo
) -> Iterator[tuple[datetime, datetime | None]]:
    """Every instant at which a member had bought nothing for inactivityMonths, or a further multiple of them."""
    if terms.inactivity_months is None:
        return
    times = sorted(purchased_at)
    for last, following in pairwise([*times, until + timedelta(microseconds=1)] if times else []):
        months = terms.inactivity_months
        while (silent_at := _months_after(last, months, zone)) < following:
            yield silent_at, None
            months += terms.inactivity_months


def _months_after(at: datetime, months: int, zone: ZoneInfo) -> datetime:
    wall = at.astimezone(zone)
    return to_instant(datetime.combine(add_months(wall.date(), months), wall.time()), zone)


def _inactive(terms: Terms, known: Sequence[TierChange], at: datetime) -> TierChange | None:
    held = tier_held(known, terms, (at, ""))
    place = rank(held, terms)
    if place < 0:
        return None
    return TierChange(held, terms.names[place - 1] if place else None, "inactivity", at)


def _fallen(
    terms: Terms,
    known: Sequence[TierChange],
    measured: Sequence[Measured],
    looked_at: datetime,
    falls_at: datetime,
    zone: ZoneInfo,
) -> TierChange | None:
    judged = tier_held(known, terms, (looked_at, ""))
    earned = tier_for(_metric_just_ended(terms, measured, looked_at, zone), terms)
    held = tier_held(known, terms, (falls_at, ""))
    if not is_higher(judged, earned, terms) or is_higher(held, judged, terms) or not is_higher(held, earned, terms):
        return None
    if _is_reached_again(terms, measured, terms.values[rank(judged, terms)], looked_at, falls_at):
        return None
    return TierChange(held, earned, "period_end", falls_at)


def _metric_just_ended(terms: Terms, measured: Sequence[Measured], looked_at: datetime, zone: ZoneInfo) -> int:
    key = period_key(terms.period, local_day(looked_at, zone) - timedelta(days=1))
    metric = 0
    for counted, so_far in _walk(terms, measured, as_of=looked_at):
        if counted.occurred_at < looked_at and period_key(terms.period, counted.local_day) == key:
            metric = so_far
    return metric


def _is_reached_again(terms: Terms, measured: Sequence[Measured], value: int, since: datetime, until: datetime) -> bool:
    walk = _walk(terms, measured, as_of=until)
    return any(since <= counted.occurred_at < until and metric >= value for counted, metric in walk)
