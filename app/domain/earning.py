"""What a purchase earns: every live program in its order, gates, rule, groups and caps (RULES 2 and 3).

Pure: the same purchase, versions and standings give the same outcomes. Nothing here reads a clock.
"""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime
from decimal import Decimal
from uuid import UUID
from zoneinfo import ZoneInfo

from app.domain import caps, gates
from app.domain.boosts import NEUTRAL, NONE, Multipliers, Product, cashback_product, points_product
from app.domain.expiry import lot_times
from app.domain.program import ProgramVersion
from app.domain.purchase import Purchase
from app.domain.registry import counting_rule
from app.domain.rule_type import Contribution, Counted, Miss
from app.domain.standing import NEWCOMER, MemberFacts, Outcome, Standing
from app.domain.tiers import is_higher, tier_for

Standings = Mapping[UUID, Standing]
HeldTiers = Mapping[UUID, str | None]

_COUNTED_FIELDS = {"punches": "punches", "stamps": "stamps", "visits": "visits"}


def evaluation_order(versions: Iterable[ProgramVersion]) -> tuple[ProgramVersion, ...]:
    """Priority first, then creation; tier programs last, since they may count the points of the others."""
    return tuple(sorted(versions, key=_order))


def settle(
    purchase: Purchase,
    versions: Iterable[ProgramVersion],
    member: MemberFacts,
    standings: Standings,
    held: HeldTiers,
    budget_left: caps.BudgetLeft,
) -> list[Outcome]:
    """One outcome for each version live at `purchase.occurred_at`, in evaluation order.

    `standings` and `held` (the tier held just before the purchase) are by program id; a program without one is new to
    the member. Nothing is enrolled, written or charged here.
    """
    settling = _Settling(purchase, member, standings, held, budget_left)
    ordered = sorted(versions, key=_order)
    settling.choose_multipliers(ordered)
    return [settling.outcome(version) for version in ordered]


@dataclass(slots=True)
class _Settling:
    """One purchase on its way through the programs: what one program leaves behind for the next."""

    purchase: Purchase
    member: MemberFacts
    standings: Standings
    held: HeldTiers
    budget_left: caps.BudgetLeft
    groups: set[str] = field(default_factory=set)
    walls: dict[ZoneInfo, datetime] = field(default_factory=dict)
    multipliers: Multipliers = NONE
    points_boost: Product = NEUTRAL
    cashback_boost: Product = NEUTRAL
    points: int = 0

    def choose_multipliers(self, ordered: Sequence[ProgramVersion]) -> None:
        """The largest of the held tiers whose programs are live, beside the member's own multipliers."""
        own = self.member.multipliers
        tier = _largest_tier(ordered, self.held) if self.held else None
        self.multipliers = own if tier is None else replace(own, tier_name=tier[0], tier=tier[1])
        if self.multipliers is not NONE:
            self.points_boost = points_product(self.multipliers)
            self.cashback_boost = cashback_product(self.multipliers.badge_cashback)

    def outcome(self, version: ProgramVersion) -> Outcome:
        """What the purchase does in one program."""
        local = self.walls.get(version.zone)
        if local is None:
            local = self.walls[version.zone] = self.purchase.occurred_at.astimezone(version.zone)
        outcome = Outcome(version.program_id, version.id, local.date())
        standing = self.standings.get(version.program_id, NEWCOMER)
        if version.rule_type == "TIER_BASED":
            self._measure(outcome, version, standing, local)
        else:
            self._grant(outcome, version, standing, local)
        return outcome

    def _grant(self, outcome: Outcome, version: ProgramVersion, standing: Standing, local: datetime) -> None:
        boost = self.points_boost if version.rule.YIELDS == "points" else self.cashback_boost
        found = gates.first_failing(self.purchase, version, self.member, standing, local) or version.rule.contribute(
            version.terms, self.purchase, local, boost
        )
        if isinstance(found, Miss):
            _miss(outcome, found)
        elif not (found.adds or found.computed):
            outcome.trace = found.trace
            _miss(outcome, Miss("nothing_earned"))
        elif version.exclusive_group in self.groups:
            _miss(outcome, Miss("excluded_by_priority", {"group": version.exclusive_group}))
        else:
            self._apply(outcome, version, standing, found)
            if version.exclusive_group and outcome.code is None:
                self.groups.add(version.exclusive_group)

    def _apply(self, outcome: Outcome, version: ProgramVersion, standing: Standing, found: Contribution) -> None:
        outcome.trace = found.trace
        if version.rule.YIELDS == "points":
            self._give_points(outcome, version, standing, found.computed)
        elif version.rule.YIELDS == "cashback":
            self._give_cashback(outcome, version, standing, found.computed)
        else:
            self._count(outcome, version, standing, found.adds)

    def _give_points(self, outcome: Outcome, version: ProgramVersion, standing: Standing, computed: int) -> None:
        outcome.computed = computed
        outcome.multipliers = self.multipliers.as_json() if self.multipliers is not NONE else {}
        outcome.points = self._limited(outcome, version, "points", standing)
        terms = version.terms
        outcome.available_at, outcome.expires_at = lot_times(
            self.purchase.occurred_at, outcome.local_day, terms.pending_days, terms.expiration_months, version.zone
        )
        self.points += outcome.points

    def _give_cashback(self, outcome: Outcome, version: ProgramVersion, standing: Standing, computed: int) -> None:
        outcome.computed = computed
        if self.cashback_boost is not NEUTRAL:
            outcome.multipliers = {"badgeCashback": str(self.multipliers.badge_cashback)}
        outcome.cashback_minor = self._limited(outcome, version, "cashback", standing)

    def _limited(self, outcome: Outcome, version: ProgramVersion, unit: str, standing: Standing) -> int:
        granted, lines = caps.allowed(version, unit, outcome.computed, standing, self.budget_left, outcome.local_day)
        outcome.trace = outcome.trace + lines if lines else outcome.trace
        if not granted:
            outcome.code = lines[-1][0]
        return granted

    def _count(self, outcome: Outcome, version: ProgramVersion, standing: Standing, adds: int) -> None:
        outcome.adds = adds
        if standing.in_order:
            yielded = self._step(outcome, version, standing)
        else:
            yielded = adds if standing.is_first_of_day or not _is_by_day(version) else 0
        named = _COUNTED_FIELDS.get(version.rule.YIELDS)
        if named:
            setattr(outcome, named, yielded)
        if not yielded:
            outcome.trace = []
            _miss(outcome, Miss("already_counted_today"))

    def _step(self, outcome: Outcome, version: ProgramVersion, standing: Standing) -> int:
        rule = counting_rule(version.rule_type)
        step = rule.step(version.terms, standing.state or rule.initial(version.terms), self._counted(outcome))
        outcome.state, outcome.due = step.state, step.due
        outcome.rewards, outcome.forfeited, lines = caps.allow_rewards(
            version, step.due - standing.issued, standing, self.budget_left, outcome.local_day
        )
        reached = [["reward_earned", {"rewards": outcome.rewards}]] if outcome.rewards else []
        outcome.trace = [*outcome.trace, *reached, *lines]
        return step.yielded

    def _measure(self, outcome: Outcome, version: ProgramVersion, standing: Standing, local: datetime) -> None:
        missed = self._tier_gates(version, standing, local)
        if missed:
            _miss(outcome, missed)
            return
        found = version.rule.contribute(version.terms, self.purchase, local, NEUTRAL)
        outcome.adds = self.points if version.terms.metric == "points" else found.adds  # type: ignore[union-attr]
        if not outcome.adds:
            _miss(outcome, Miss("nothing_earned"))
        elif standing.in_order:
            self._rise(outcome, version, standing)

    def _tier_gates(self, version: ProgramVersion, standing: Standing, local: datetime) -> Miss | None:
        """Points are measured wherever they were earned; money and visits must pass the tier program's own gates."""
        if version.terms.metric == "points":
            return gates.of_purchase(self.purchase, self.member) or gates.of_enrollment(version, standing)
        return gates.first_failing(self.purchase, version, self.member, standing, local)

    def _rise(self, outcome: Outcome, version: ProgramVersion, standing: Standing) -> None:
        rule = counting_rule(version.rule_type)
        step = rule.step(version.terms, standing.state or rule.initial(version.terms), self._counted(outcome))
        outcome.state = step.state
        outcome.visits = step.yielded if version.terms.metric == "visits" else 0
        reached = tier_for(step.state["metric"], version.terms)
        if is_higher(reached, self.held.get(version.program_id), version.terms):
            outcome.tier = reached
            outcome.trace.append(["tier_reached", {"tier": reached}])

    def _counted(self, outcome: Outcome) -> Counted:
        return Counted(self.purchase.occurred_at, self.purchase.order_id, outcome.local_day, outcome.adds)


def _order(version: ProgramVersion) -> tuple[bool, int, datetime, UUID]:
    return version.order


def _largest_tier(ordered: Sequence[ProgramVersion], held: HeldTiers) -> tuple[str, Decimal] | None:
    found = [
        (version.terms.points_multipliers[version.terms.names.index(name)], name)
        for version in ordered
        if (name := held.get(version.program_id)) is not None and name in version.terms.names
    ]
    if not found:
        return None
    multiplier, name = max(found)
    return name, multiplier


def _is_by_day(version: ProgramVersion) -> bool:
    """Whether only the first purchase of a local day yields."""
    return version.rule.YIELDS == "visits" or getattr(version.terms, "way", None) == "per_visit"


def _miss(outcome: Outcome, miss: Miss) -> None:
    outcome.code = miss.code
    outcome.trace = [*outcome.trace, [miss.code, dict(miss.params)]]
