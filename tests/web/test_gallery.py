"""The gallery of templates: by industry and rule type, and a draft by one button."""

from __future__ import annotations

from html import unescape

import pytest

from app.domain.industries import INDUSTRIES
from app.domain.templates.catalogue import template, templates
from app.domain.templates.cost import typical_cost
from tests.factories.businesses import Shop
from tests.factories.people import Person, submit

FRAGMENT = {"HX-Request": "true"}


@pytest.fixture
def gallery(cafe: Shop) -> str:
    """Where the café chooses its templates."""
    return f"/b/{cafe.slug}/programs/templates"


def shown(person: Person, address: str, **headers: str) -> str:
    answer = person.browser().get(address, headers=headers)
    assert answer.status_code == 200
    return unescape(answer.get_data(as_text=True))


def test_the_business_s_own_industry_comes_first(alma: Person, gallery: str) -> None:
    page = shown(alma, gallery)
    assert "Coffee: 3 templates" in page
    for found in templates():
        assert (f"<h2>{found.name}</h2>" in page) == (found.industry == "coffee"), found.id
    assert all(f">{words}" in page for words in INDUSTRIES.values())


def test_a_template_shows_its_card_its_rule_and_its_cost(alma: Person, gallery: str) -> None:
    page = shown(alma, gallery)
    assert 'aria-label="Coffee Punch Card, loyalty card"' in page
    assert template("coffee-punch-card").sentence("UAH") in page
    assert typical_cost("coffee-punch-card", "UAH").words in page
    assert "Quick repeat purchases" in page


def test_templates_are_filtered_by_industry_and_rule_type(alma: Person, gallery: str) -> None:
    fragment = shown(alma, f"{gallery}?industry=retail&ruleType=CASH_BACK", **FRAGMENT)
    assert fragment.lstrip().startswith("<section")
    assert "<h2>Store Cash Back</h2>" in fragment
    assert "<h2>Shop Points</h2>" not in fragment
    every = shown(alma, f"{gallery}?industry=all")
    assert all(f"<h2>{found.name}</h2>" in every for found in templates())
    assert "No such templates yet" in shown(alma, f"{gallery}?industry=bar&ruleType=TIER_BASED")
    assert shown(alma, f"{gallery}?industry=florist&ruleType=LOTTERY").count("<h2>") >= len(templates())


def test_starting_from_scratch_tells_the_rule_types_apart(alma: Person, gallery: str) -> None:
    page = shown(alma, gallery)
    assert "Create from Scratch" in page
    assert "One punch for each purchase that counts." in page
    assert "Stamps for a visit, an item or an amount" in page


@pytest.mark.parametrize("template_id", [found.id for found in templates()])
def test_every_template_becomes_a_draft_by_one_button(alma: Person, gallery: str, template_id: str) -> None:
    browser = alma.browser()
    answer = submit(browser, f"{gallery}/{template_id}")
    assert answer.status_code == 303
    page = unescape(browser.get(answer.location).get_data(as_text=True))
    assert browser.get(answer.location).status_code == 200
    assert template(template_id).name in page


def test_a_template_that_there_is_not_is_not_found(alma: Person, gallery: str) -> None:
    assert submit(alma.browser(), f"{gallery}/no-such-template").status_code == 404


def test_ben_has_no_gallery(ben: Person, gallery: str) -> None:
    browser = ben.browser()
    assert browser.get(gallery).status_code == 403
    assert submit(browser, f"{gallery}/coffee-punch-card").status_code == 403
