"""Three answers always lead to a rule type, each rule type can be reached, and florists find the shops."""

from __future__ import annotations

from itertools import product

import pytest

from app.domain.industries import INDUSTRIES
from app.domain.registry import RULES
from app.domain.templates.catalogue import templates
from app.domain.trades import nearest_industry, neighbours
from app.domain.which_rule import QUESTIONS, suggestion, unanswered

EVERY_WAY = [
    dict(zip((question.name for question in QUESTIONS), values, strict=True))
    for values in product(*([value for value, _ in question.answers] for question in QUESTIONS))
]


def test_every_way_through_the_questions_ends_at_a_rule_type_and_each_can_be_reached() -> None:
    assert len(QUESTIONS) == 3
    found = [suggestion(answers) for answers in EVERY_WAY]
    assert {each.rule_type for each in found} == set(RULES)
    assert all(each.reason.endswith(".") for each in found)


@pytest.mark.parametrize(
    ("visits", "basket", "goal", "rule_type"),
    [
        ("often", "same", "free", "PUNCH_CARD"),
        ("sometimes", "items", "free", "STAMP_CARD"),
        ("rarely", "same", "free", "AMOUNT_SPENT"),
        ("often", "varies", "spend", "POINTS_BASED"),
        ("often", "same", "frequency", "VISIT_FREQUENCY"),
        ("rarely", "same", "frequency", "AMOUNT_SPENT"),
        ("often", "varies", "best", "TIER_BASED"),
        ("sometimes", "varies", "money", "CASH_BACK"),
    ],
)
def test_the_suggestion_follows_from_the_answers(visits: str, basket: str, goal: str, rule_type: str) -> None:
    assert suggestion({"visits": visits, "basket": basket, "goal": goal}).rule_type == rule_type


def test_what_is_not_answered_or_answered_with_nonsense_is_asked_again() -> None:
    assert [question.name for question in unanswered({"visits": "often", "goal": "glory"})] == ["basket", "goal"]
    assert unanswered(EVERY_WAY[0]) == []


@pytest.mark.parametrize(
    ("trade", "industry"),
    [
        ("florist", "retail"),
        ("Florists", "retail"),
        ("our little pizzeria", "restaurant"),
        ("barber", "salon"),
        ("Yoga studio", "fitness"),
        ("winery", "bar"),
        ("veterinary clinic", "pets"),
        ("xyzzy", "other"),
        ("", "other"),
    ],
)
def test_a_trade_without_templates_has_a_nearest_industry(trade: str, industry: str) -> None:
    assert nearest_industry(trade) == industry


def test_every_industry_has_all_the_others_as_neighbours_and_so_a_nearest_for_each_rule_type() -> None:
    for key in INDUSTRIES:
        assert sorted([key, *neighbours(key)]) == sorted(INDUSTRIES)
        assert all(any(templates(other, rule) for other in neighbours(key)) for rule in RULES)
    assert neighbours("coffee")[:3] == ["bakery", "restaurant", "bar"]
