"""Program templates: enough of them, sound in every currency, and their cost is what the engine says."""

from __future__ import annotations

from collections import Counter
from decimal import Decimal
from fractions import Fraction

import pytest

from app.domain.accounts import CURRENCIES
from app.domain.errors import NotFound
from app.domain.industries import INDUSTRIES
from app.domain.program_body import parse_program
from app.domain.registry import RULES
from app.domain.templates.catalogue import best_template, industries, template, templates
from app.domain.templates.cost import typical_cost
from app.domain.templates.price_levels import price_levels, priced

IDS = [found.id for found in templates()]
EXPENSIVE = Decimal(10)


def test_there_are_enough_templates_of_every_industry_and_rule_type() -> None:
    assert len(IDS) >= 24
    assert len(IDS) == len(set(IDS))
    by_industry = Counter(found.industry for found in templates())
    by_rule = Counter(found.rule_type for found in templates())
    assert len(INDUSTRIES) == 12
    assert [key for key in INDUSTRIES if by_industry[key] < 2] == []
    assert [name for name in RULES if by_rule[name] < 3] == []


@pytest.mark.parametrize("template_id", IDS)
def test_a_template_is_a_sound_program_in_every_currency(template_id: str) -> None:
    found = template(template_id)
    for currency in CURRENCIES:
        draft = parse_program(found.body(currency), currency=currency)
        assert (draft.name, draft.snapshot["ruleType"]) == (found.name, found.rule_type)
        assert found.sentence(currency).endswith(".")
    assert found.best_for


@pytest.mark.parametrize("template_id", IDS)
@pytest.mark.parametrize("currency", ["USD", "UAH", "JPY", "KWD"])
def test_a_template_costs_something_but_not_a_fortune(template_id: str, currency: str) -> None:
    cost = typical_cost(template_id, currency)
    assert cost.sales_minor > cost.rewards_minor > 0
    assert Decimal(cost.percent) <= EXPENSIVE


def test_the_cost_of_a_punch_card_is_that_of_the_coffees_given_away() -> None:
    config = template("coffee-punch-card").body("USD")["ruleConfig"]
    cost = typical_cost("coffee-punch-card", "USD")
    visits = len([day for day in range(365) if day % 7 in (0, 1, 3, 4)])
    cards = (visits + config["endowedStart"]) // config["punchesRequired"]
    coffees = Fraction(350 * cards, cost.sales_minor)
    assert cost.rewards_minor == 350 * cards
    assert cost.percent == f"{float(100 * coffees):.1f}"
    assert cost.words == f"about {cost.percent} % of sales"


def test_points_and_cash_back_cost_what_they_are_worth() -> None:
    assert typical_cost("table-points", "USD").percent == "5.0"  # a point a dollar, 200 points are worth 10 dollars
    assert 2 <= Decimal(typical_cost("counter-cash-back", "USD").percent) <= 4  # its two rates


def test_tiers_cost_what_they_add_to_the_points_beside_them() -> None:
    cost = typical_cost("vip-tiers", "USD")
    points = typical_cost("shop-points", "USD")
    assert cost.words.endswith("% of sales, on top of Shop Points")
    assert cost.sales_minor == points.sales_minor
    assert cost.rewards_minor < points.rewards_minor * Fraction(6, 10)  # the highest multiplier is 1.6


def test_every_tier_template_names_a_points_template_of_its_industry() -> None:
    for found in templates(rule_type="TIER_BASED"):
        assert found.beside is not None
        beside = template(found.beside)
        assert (beside.industry, beside.rule_type) == (found.industry, "POINTS_BASED")


def test_every_currency_of_the_sign_up_has_a_price_level() -> None:
    assert set(price_levels()) == CURRENCIES
    assert [code for code, level in price_levels().items() if level <= 0] == []


@pytest.mark.parametrize(
    ("price", "currency", "amount"),
    [
        ("3.50", "USD", Decimal("3.5")),
        ("3.50", "EUR", Decimal("3.5")),
        ("3.50", "UAH", 88),
        ("3.50", "JPY", 420),
        ("3.50", "KWD", Decimal("1.1")),
        ("150", "UAH", 3800),
        ("48.00", "VND", 720_000),
    ],
)
def test_prices_are_plausible_in_other_currencies(price: str, currency: str, amount: Decimal | int) -> None:
    assert priced({"price": price}, currency) == amount


def test_counts_grow_with_prices_and_stay_whole() -> None:
    assert priced([{"points": {"count": 100}}], "UAH") == [{"points": 2500}]
    assert priced({"count": 1}, "KWD") == 1
    assert priced({"name": "Gold", "parts": [1, None]}, "UAH") == {"name": "Gold", "parts": [1, None]}


def test_every_reward_that_is_an_item_has_a_price() -> None:
    for found in templates():
        if found.rule_config.get("rewardType") == "free_item":
            assert found.rule_config["rewardValue"] in industries()[found.industry].reward_prices


def test_templates_are_found_by_industry_and_rule_type() -> None:
    assert {found.industry for found in templates("bar")} == {"bar"}
    assert [found.id for found in templates("bar", "CASH_BACK")] == ["tab-cash-back"]
    assert templates("bar", "TIER_BASED") == []
    assert best_template("coffee").id == "coffee-punch-card"
    assert best_template(None) == best_template("florist") == best_template("other")
    with pytest.raises(NotFound):
        template("no-such-template")
