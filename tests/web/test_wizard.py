"""The wizard: from a rule type to a live program, nothing lost on the way, by forms alone."""

from __future__ import annotations

import re
from html import unescape
from uuid import UUID

import pytest
from flask.testing import FlaskClient
from werkzeug.test import TestResponse

from app.core.unit_of_work import unit_of_work
from app.domain.registry import RULES
from app.queries.programs import program
from app.web.business.wizard.starts import STARTS
from tests.factories.businesses import Shop
from tests.factories.people import Person, submit
from tests.factories.trade import live_punch_card

FRAGMENT = {"HX-Request": "true"}


@pytest.fixture
def programs(cafe: Shop) -> str:
    """Where the café's programs are."""
    return f"/b/{cafe.slug}/programs"


@pytest.fixture
def browser(alma: Person) -> FlaskClient:
    """Alma's browser."""
    return alma.browser()


def started(browser: FlaskClient, programs: str, rule_type: str = "PUNCH_CARD") -> str:
    """Choose a rule type; returns the address of the draft."""
    answer = submit(browser, f"{programs}/new", ruleType=rule_type)
    assert answer.status_code == 303
    return answer.location.removesuffix("/rules")


def stored(cafe: Shop, draft: str) -> dict[str, object]:
    """Return the program object of a draft's address."""
    with unit_of_work(cafe.id):
        return program(UUID(draft.rsplit("/", 1)[1]))


def texts(browser: FlaskClient, address: str) -> dict[str, str]:
    """Return what the form of a step holds, as a browser without scripts would send it."""
    page = browser.get(address).get_data(as_text=True).partition('id="live"')[0]
    found = {}
    for tag in re.findall(r"<input[^>]*>", page, re.S):
        name, value = (re.search(rf'\s{key}="([^"]*)"', tag) for key in ("name", "value"))
        is_off = re.search(r'type="(checkbox|radio)"', tag) and "checked" not in tag
        if name and name[1] != "csrf_token" and not is_off:
            found[name[1]] = unescape(value[1]) if value else ""
    for name, options in re.findall(r'<select[^>]*name="([^"]*)"[^>]*>(.*?)</select>', page, re.S):
        chosen = re.search(r'value="([^"]*)" selected', options) or re.search(r'value="([^"]*)"', options)
        found[name] = unescape(chosen[1]) if chosen else ""
    for name, value in re.findall(r'<textarea[^>]*name="([^"]*)"[^>]*>(.*?)</textarea>', page, re.S):
        found[name] = unescape(value)
    return found


def sent(browser: FlaskClient, address: str, do: str = "continue", **changes: str) -> TestResponse:
    """Send the form of a step with some fields changed."""
    return submit(browser, address, **{**texts(browser, address), "do": do, **changes})


def test_every_rule_type_can_be_chosen_and_its_defaults_are_sound(
    cafe: Shop, browser: FlaskClient, programs: str
) -> None:
    assert set(STARTS) == set(RULES)
    for rule_type in RULES:
        draft = started(browser, programs, rule_type)
        before = stored(cafe, draft)["ruleConfig"]
        answer = sent(browser, f"{draft}/rules")
        assert answer.location == f"{draft}/details", rule_type
        after = stored(cafe, draft)
        assert (after["status"], after["ruleType"]) == ("DRAFT", rule_type)
        config = after["ruleConfig"]
        assert isinstance(config, dict) and isinstance(before, dict)
        assert {key: config[key] for key in before if key != "tiers"} == {
            key: value for key, value in before.items() if key != "tiers"
        }


def test_choosing_nothing_asks_to_choose(browser: FlaskClient, programs: str) -> None:
    answer = submit(browser, f"{programs}/new")
    assert answer.status_code == 422
    assert "There is a problem" in answer.get_data(as_text=True)


@pytest.mark.parametrize(
    ("rule_type", "name", "typed", "sentence"),
    [
        ("PUNCH_CARD", "minimumPurchaseAmount", "0", "Minimum purchase amount must be greater than ₴0"),
        ("PUNCH_CARD", "punchesRequired", "51", "Punches required must be between 2 and 50"),
        ("POINTS_BASED", "pointsPerDollar", "-1", "Points per dollar must be a positive number"),
    ],
)
def test_a_refused_step_says_what_to_do_twice_and_loses_nothing(
    browser: FlaskClient, programs: str, rule_type: str, name: str, typed: str, sentence: str
) -> None:
    draft = started(browser, programs, rule_type)
    answer = sent(browser, f"{draft}/rules", **{name: typed})
    page = browser.get(answer.location)
    words = page.get_data(as_text=True)
    assert page.status_code == 422
    assert "<title>Error: " in words
    assert "There is a problem" in words
    assert words.count(sentence) == 2
    assert f'href="#{name}"' in words
    assert texts(browser, f"{draft}/rules")[name] == typed


def test_a_step_that_is_not_open_leads_back_to_the_one_that_is(browser: FlaskClient, programs: str) -> None:
    draft = started(browser, programs)
    for step in ("details", "review"):
        answer = browser.get(f"{draft}/{step}")
        assert (answer.status_code, answer.location) == (303, f"{draft}/rules")
    assert submit(browser, f"{draft}/details").location == f"{draft}/rules"


def test_a_program_that_is_live_is_not_set_up_again(cafe: Shop, browser: FlaskClient, programs: str) -> None:
    card = live_punch_card(cafe)
    for step in ("type", "rules", "details", "review"):
        assert browser.get(f"{programs}/{card}/{step}").location == f"{programs}/{card}"


def test_rows_are_added_moved_and_removed_by_buttons(cafe: Shop, browser: FlaskClient, programs: str) -> None:
    draft = started(browser, programs, "TIER_BASED")
    address = f"{draft}/rules"
    sent(browser, address, do="add:tiers")
    assert 'aria-label="Tiers 4"' in browser.get(address).get_data(as_text=True)
    last = {"tiers.3.name": "Diamond", "tiers.3.threshold.type": "spending", "tiers.3.threshold.value": "90000"}
    sent(browser, address, do="add:tiers.3.multipliers", **last)
    sent(browser, address, do="remove:tiers.0", **{"tiers.3.multipliers.0.key": "points"})
    typed = texts(browser, address)
    assert [typed[f"tiers.{place}.name"] for place in range(3)] == ["Gold", "Platinum", "Diamond"]
    sent(browser, address, do="up:tiers.1", **{"tiers.2.multipliers.0.value": "2"})
    typed = texts(browser, address)
    assert [typed[f"tiers.{place}.name"] for place in range(3)] == ["Platinum", "Gold", "Diamond"]
    refused = browser.get(sent(browser, address).location).get_data(as_text=True)
    assert refused.count("Each tier must ask for more than the one before") == 2
    sent(browser, address, do="down:tiers.0")
    assert sent(browser, address).location == f"{draft}/details"
    config = stored(cafe, draft)["ruleConfig"]
    assert isinstance(config, dict)
    assert [(tier["name"], tier["multipliers"]) for tier in config["tiers"]][2] == ("Diamond", {"points": 2})


def test_lists_of_points_and_cash_back_are_edited_without_scripts(
    cafe: Shop, browser: FlaskClient, programs: str
) -> None:
    draft = started(browser, programs, "POINTS_BASED")
    address = f"{draft}/rules"
    sent(browser, address, do="add:categoryMultipliers")
    sent(browser, address, do="add:redemptionSteps")
    answer = sent(
        browser,
        address,
        **{
            "categoryMultipliers.0.key": "Pastry",
            "categoryMultipliers.0.value": "1.5",
            "redemptionSteps.0.points": "100",
            "redemptionSteps.0.value": "7.50",
            "expirationMonths": "12",
        },
    )
    assert answer.location == f"{draft}/details"
    config = stored(cafe, draft)["ruleConfig"]
    assert isinstance(config, dict)
    assert config["categoryMultipliers"] == {"Pastry": 1.5}
    assert config["redemptionSteps"] == [{"points": 100, "value": 7.5}]
    draft = started(browser, programs, "CASH_BACK")
    address = f"{draft}/rules"
    sent(browser, address, do="add:rates")
    sent(browser, address, **{"rates.1.minimumAmount": "500", "rates.1.ratePercent": "5"})
    config = stored(cafe, draft)["ruleConfig"]
    assert isinstance(config, dict)
    assert config["rates"][1] == {"minimumAmount": 500, "ratePercent": 5}


def test_what_was_typed_for_another_rule_type_is_found_again(browser: FlaskClient, programs: str) -> None:
    draft = started(browser, programs)
    sent(browser, f"{draft}/rules", do="preview", punchesRequired="7")
    assert submit(browser, f"{draft}/type", ruleType="CASH_BACK").location == f"{draft}/rules"
    assert "rates.0.ratePercent" in texts(browser, f"{draft}/rules")
    submit(browser, f"{draft}/type", ruleType="PUNCH_CARD")
    assert texts(browser, f"{draft}/rules")["punchesRequired"] == "7"


def test_the_preview_is_the_engine_s_and_saves_what_is_typed(browser: FlaskClient, programs: str) -> None:
    draft = started(browser, programs, "POINTS_BASED")
    fields = texts(browser, f"{draft}/rules")
    changes = {"pointsPerDollar": "2", "try.amount": "13", "try.multiplier": "1.25", "touched": "pointsPerDollar"}
    answer = submit(browser, f"{draft}/rules/preview", **{**fields, **changes})
    words = answer.get_data(as_text=True)
    assert "+32 points" in words  # 13 × 2 × 1.25, rounded down
    assert "₴13.00 × 2 points" in words
    assert "That is fine" in words
    assert "Saved " in words
    assert texts(browser, f"{draft}/rules")["pointsPerDollar"] == "2"
    wrong = submit(
        browser, f"{draft}/rules/preview", **{**fields, "pointsPerDollar": "x", "touched": "pointsPerDollar"}
    )
    assert "Points per dollar must be a number" in wrong.get_data(as_text=True)
    assert "Shown with the last rules that worked." in wrong.get_data(as_text=True)


def test_consequences_are_reckoned_by_the_engine(browser: FlaskClient, programs: str) -> None:
    draft = started(browser, programs)
    page = browser.get(f"{draft}/rules").get_data(as_text=True)
    assert "A regular who spends ₴150 a visit gets a reward every 10 visits, the first on visit 8." in page
    assert "It gives back about 10.0 % of sales." in page
    generous = sent(browser, f"{draft}/rules", do="preview", punchesRequired="2", endowedStart="0")
    assert "That is generous" in generous.get_data(as_text=True)


def test_a_purchase_below_the_minimum_earns_nothing_in_the_preview(browser: FlaskClient, programs: str) -> None:
    draft = started(browser, programs)
    changes = {"minimumPurchaseAmount": "20", "try.amount": "19"}
    words = submit(browser, f"{draft}/rules/preview", **{**texts(browser, f"{draft}/rules"), **changes})
    assert "Nothing earned" in words.get_data(as_text=True)
