"""What publishing a change means to members, in sentences and as a picture; reckoned by the rule itself."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any
from uuid import UUID

from flask import g

from app.core import clock
from app.domain.change_impact import CardImpact, card_impact
from app.domain.money import exponent
from app.domain.registry import RULES, counting_rule
from app.domain.rule_type import config_of
from app.queries import program_page, program_standing
from app.queries.live_versions import newest_versions
from app.queries.tier_figures import placed
from app.web.support.formatting import money
from app.web.support.words import counted

_CARDS = {"PUNCH_CARD": ("punch", "punches", "punchesRequired"), "STAMP_CARD": ("stamp", "stamps", "stampsRequired")}
_MOST_BARS = 20
_NEXT = "with their next purchase"

Body = Mapping[str, Any]


def impact(program_id: UUID, before: Body, after: Body) -> dict[str, Any]:
    """Return {words: [sentence], chart or None}: how many members stand where, and what becomes of them."""
    rule_type = before["ruleType"]
    if rule_type in _CARDS:
        return _of_cards(program_id, before, after)
    words = {
        "AMOUNT_SPENT": _of_spending,
        "POINTS_BASED": _of_points,
        "TIER_BASED": _of_tiers,
        "VISIT_FREQUENCY": _of_visits,
        "CASH_BACK": _of_cash_back,
    }[rule_type]
    return {"words": words(program_id, before["ruleConfig"], after["ruleConfig"]), "chart": None}


def _of_cards(program_id: UUID, before: Body, after: Body) -> dict[str, Any]:
    one, many, key = _CARDS[before["ruleType"]]
    required = int(after["ruleConfig"][key])
    cards = program_standing.cards_of_all(program_id)
    found = card_impact(counting_rule(before["ruleType"]), _terms(before), _terms(after), cards)
    if not found.members:
        return {"words": ["Nobody has a card yet."], "chart": None}
    return {
        "words": [*_card_words(found, required, one, many), *_endowed(before, after, many)],
        "chart": _chart(cards, required, one, many, found) if required <= _MOST_BARS else None,
    }


def _card_words(found: CardImpact, required: int, one: str, many: str) -> list[str]:
    words = []
    if found.filled:
        who = counted(found.filled, "person has", "people have")
        words.append(
            f"{who} {required} or more {many} already: they get their reward {_NEXT}, and what is over goes on the "
            "next card."
        )
    now, then = found.away_before.get(1, 0), found.away_after.get(1, 0) - found.filled
    words.append(f"{_people_are(then)} 1 {one} away from a reward; today it is {now:,}.")
    words.append(f"{counted(found.members, 'member keeps', 'members keep')} what is on their card.")
    return words


def _people_are(number: int) -> str:
    return counted(number, "person is", "people are") if number else "Nobody is"


def _endowed(before: Body, after: Body, many: str) -> list[str]:
    then = int(after["ruleConfig"].get("endowedStart") or 0)
    if then == int(before["ruleConfig"].get("endowedStart") or 0):
        return []
    return [f"New members start with {then:,} {many}. Cards that are there already keep what they have."]


def _chart(cards: Mapping[int, int], required: int, one: str, many: str, found: CardImpact) -> dict[str, Any]:
    rows = [{"label": str(number), "total": cards.get(number, 0)} for number in range(required)]
    if found.filled:
        rows.append({"label": f"{required}+", "total": found.filled})
    away = found.away_after.get(1, 0) - found.filled
    return {
        "title": f"{_people_are(away)} 1 {one} away",
        "label": f"Members by {many} on their card",
        "first_column": many.capitalize(),
        "rows": rows,
    }


def _of_spending(program_id: UUID, _before: Body, after: Body) -> list[str]:
    currency = g.business["currency"]
    minor = _threshold(after)
    ready = program_standing.spent_at_least(program_id, minor)
    kept = "What members have spent so far counts on."
    if not ready:
        return [kept]
    who = counted(ready, "person has", "people have")
    return [f"{who} spent {money(minor, currency)} or more already: they get their reward {_NEXT}.", kept]


def _of_points(program_id: UUID, before: Body, after: Body) -> list[str]:
    currency = g.business["currency"]
    points = int(program_page.program_figures(program_id)["outstanding"])
    words = [f"{counted(points, 'point')} that members hold stay theirs, with the day on which they run out."]
    rates = [int(config["redemptionRate"]) for config in (before, after)]
    if rates[0] != rates[1]:
        minor = 10 ** exponent(currency)
        was, then = (money(points * minor // rate, currency) for rate in rates)
        words.append(f"They are worth {then} instead of {was} from now on.")
    return words


def _of_tiers(program_id: UUID, _before: Body, after: Body) -> list[str]:
    held = program_standing.members_by_tier(program_id)
    who = ", ".join(f"{tier} {total:,}" for tier, total in held.items())
    words = [f"Members hold: {who}."] if who else ["Nobody holds a tier yet."]
    return [
        *words,
        *_moves(program_id, after),
        "Nobody falls by this change: a member rises by a purchase, and falls at the end of a period alone.",
    ]


def _moves(program_id: UUID, after: Body) -> list[str]:
    """Return how many would rise or drop by other thresholds, where the tiers themselves stay as they are."""
    version = newest_versions([program_id])[program_id]
    rule = RULES["TIER_BASED"]
    terms: Any = rule.compile_terms(config_of(rule, after, version.currency), exponent(version.currency), frozenset())
    same_kind = (terms.names, terms.metric, terms.period) == (
        version.terms.names,
        version.terms.metric,
        version.terms.period,
    )
    if not same_kind or terms.values == version.terms.values:
        return []
    found = placed(version, terms.values, clock.now())
    words = [f"{counted(found.rising, 'person', 'people')} would rise {_NEXT}, by what has counted in this period."]
    if terms.can_fall:
        words.append(f"{counted(found.falling, 'person', 'people')} would drop at the next evaluation.")
    return words


def _of_visits(_program_id: UUID, _before: Body, _after: Body) -> list[str]:
    return ["Members keep the visits that no reward has used; the new rule looks at them with their next visit."]


def _of_cash_back(_program_id: UUID, _before: Body, _after: Body) -> list[str]:
    return ["Cash back that members have earned stays theirs; the new rates count from the next purchase on."]


def _terms(body: Body) -> Any:
    currency = g.business["currency"]
    rule = RULES[body["ruleType"]]
    return rule.compile_terms(config_of(rule, body["ruleConfig"], currency), exponent(currency), frozenset())


def _threshold(config: Body) -> int:
    rule = RULES["AMOUNT_SPENT"]
    sound: Any = config_of(rule, config, g.business["currency"])
    return int(sound.threshold_amount)
