"""What a changed card means to members in the middle of one, played by the rule itself (RULES 3, Count, then owe)."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta
from typing import Any

from app.domain.rule_type import Counted, CountingRule, State

_FIRST_DAY = date(2000, 1, 1)


@dataclass(frozen=True, slots=True)
class CardImpact:
    """Members on running cards before and after a change.

    ``away`` says by members how many single punches or stamps are missing; ``filled`` are those whose card is over-full
    already, which the next one that counts fills.
    """

    away_before: Mapping[int, int]
    away_after: Mapping[int, int]
    filled: int
    members: int


def card_impact(rule: CountingRule, before: Any, after: Any, cards: Mapping[int, int]) -> CardImpact:
    """``before`` and ``after`` are terms of the rule, ``cards`` members by what is on their card."""
    return CardImpact(
        away_before=_away(rule, before, cards),
        away_after=_away(rule, after, cards),
        filled=sum(total for card, total in cards.items() if _is_over_full(rule, after, card)),
        members=sum(cards.values()),
    )


def _away(rule: CountingRule, terms: Any, cards: Mapping[int, int]) -> dict[int, int]:
    found: dict[int, int] = {}
    for card, total in cards.items():
        missing = _missing(rule, terms, card)
        found[missing] = found.get(missing, 0) + total
    return found


def _missing(rule: CountingRule, terms: Any, card: int) -> int:
    """How many single punches or stamps until the rule owes a reward."""
    state: State = {**rule.initial(terms), "card": card}
    steps = 0
    while not state["due"]:
        state = rule.step(terms, state, _one_more(steps)).state
        steps += 1
    return steps


def _is_over_full(rule: CountingRule, terms: Any, card: int) -> bool:
    """Whether nothing is missing any more: one punch leaves at least one on the next card."""
    after = rule.step(terms, {**rule.initial(terms), "card": card}, _one_more(0)).state
    return bool(after["due"]) and (after["due"] > 1 or after["card"] > 0)


def _one_more(days: int) -> Counted:
    """One punch or stamp, on a day of its own."""
    return Counted(datetime(2000, 1, 1, tzinfo=UTC), "", _FIRST_DAY + timedelta(days=days), 1)
