"""Count, then owe, when a purchase came late or was corrected: the fold over everything counted (RULES 3)."""

from collections.abc import Iterable

from app.domain.program import ProgramVersion
from app.domain.purchase import PurchaseKey
from app.domain.registry import counting_rule
from app.domain.rule_type import Counted, Step

CountedUnder = tuple[ProgramVersion, Counted]


def recount(history: Iterable[CountedUnder], newest: ProgramVersion) -> Step:
    """The state after all counted purchases of one enrollment, each under its own version, whatever came first.

    `history` may be in any order and holds only what counts now (adds above 0). The first card starts as the version
    of the first purchase has it, or as `newest` has it while there is none.
    """
    walk = sorted(history, key=_place)
    rule = counting_rule(newest.rule_type)
    first = walk[0][0] if walk else newest
    step = Step(rule.initial(first.terms), 0, 0)
    for version, counted in walk:
        step = rule.step(version.terms, step.state, counted)
    return step


def _place(entry: CountedUnder) -> PurchaseKey:
    return (entry[1].occurred_at, entry[1].order_id)
