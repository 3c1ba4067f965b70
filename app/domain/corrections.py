"""What a purchase grants after a refund or cancel, under the version and multipliers of its first grant (RULES 4)."""

from dataclasses import dataclass

from app.domain.boosts import NEUTRAL, Multipliers, Product, cashback_product, points_product
from app.domain.program import ProgramVersion
from app.domain.purchase import Purchase
from app.domain.registry import COUNTING
from app.domain.rule_type import Contribution, Miss
from app.domain.standing import Granted, Outcome


@dataclass(frozen=True, slots=True)
class First:
    """The purchase as it was first settled: its amount and the cashback it was granted, in minor units."""

    amount_minor: int
    cashback_minor: int = 0


def resettle(
    reduced: Purchase, version: ProgramVersion, previous: Granted, first: First, points_left: int = 0
) -> Outcome:
    """The absolute outcome of a purchase at its reduced amount: never more than before, and a miss stays a miss.

    What the first grant lost to a cap is taken back first, so points are the lesser of what was granted and what would
    be computed now; cashback goes in proportion to `first`. `points_left` are the points that the purchase still has in
    the business's points programs, for a tier program that counts points. Counting rules are recounted by the caller
    from `adds`.
    """
    day = reduced.occurred_at.astimezone(version.zone).date()
    outcome = Outcome(version.program_id, version.id, day, code=previous.code, multipliers=dict(previous.multipliers))
    if _grants_nothing(previous):
        return outcome
    found = _computed(reduced, version, previous)
    if isinstance(found, Miss):
        outcome.code = found.code
        outcome.trace = [[found.code, dict(found.params)]]
        return outcome
    if version.rule_type == "TIER_BASED" and version.terms.metric == "points":
        found.adds = points_left
    if version.rule.YIELDS == "cashback":
        found.computed = first.cashback_minor * reduced.amount_minor // first.amount_minor
    _lower(outcome, found, previous)
    return outcome


def released(reduced: Purchase, version: ProgramVersion) -> Outcome | None:
    """What a purchase counts in a program that its exclusive group had shut out, once the winner yields nothing.

    The purchase is evaluated as it would have been at the reduced amount (RULES 4); a refund grants no points and no
    cashback, so None for the rules that do not count.
    """
    if version.rule_type not in COUNTING:
        return None
    found = _computed(reduced, version, Granted())
    if isinstance(found, Miss) or not found.adds:
        return None
    day = reduced.occurred_at.astimezone(version.zone).date()
    outcome = Outcome(version.program_id, version.id, day, adds=found.adds, trace=found.trace)
    if version.rule.YIELDS in ("punches", "stamps", "visits"):
        setattr(outcome, version.rule.YIELDS, found.adds)
    return outcome


def _grants_nothing(previous: Granted) -> bool:
    return not (previous.adds or previous.points or previous.cashback_minor)


def _computed(reduced: Purchase, version: ProgramVersion, previous: Granted) -> Contribution | Miss:
    is_empty = reduced.count <= 0 if reduced.kind == "punch" else reduced.amount_minor <= 0
    if is_empty:
        return Miss("zero_amount")
    local = reduced.occurred_at.astimezone(version.zone)
    return version.rule.contribute(version.terms, reduced, local, _boost(version, previous))


def _boost(version: ProgramVersion, previous: Granted) -> Product:
    if not previous.multipliers:
        return NEUTRAL
    multipliers = Multipliers.from_json(dict(previous.multipliers))
    if version.rule.YIELDS == "points":
        return points_product(multipliers)
    return cashback_product(multipliers.badge_cashback)


def _lower(outcome: Outcome, found: Contribution, previous: Granted) -> None:
    outcome.adds = min(previous.adds, found.adds)
    outcome.computed = min(previous.computed, found.computed)
    outcome.points = min(previous.points, outcome.computed)
    outcome.cashback_minor = min(previous.cashback_minor, outcome.computed)
    outcome.punches = min(previous.punches, outcome.adds)
    outcome.stamps = min(previous.stamps, outcome.adds)
    outcome.visits = min(previous.visits, outcome.adds)
    outcome.trace = found.trace
    if _grants_nothing(Granted(adds=outcome.adds, points=outcome.points, cashback_minor=outcome.cashback_minor)):
        outcome.code = "nothing_earned"
