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
    assert shown(alma, f"{gallery}?industry=all&ruleType=LOTTERY").count("<h2>") >= len(templates())


def test_where_there_is_none_the_nearest_is_named(alma: Person, gallery: str) -> None:
    nothing = shown(alma, f"{gallery}?industry=bar&ruleType=TIER_BASED")
    assert "Bar has no Tiers template yet" in nothing
    near = nothing.rpartition("</a>")[0].partition('ruleType=TIER_BASED">Show Tiers for ')[2].partition("<")[0]
    key = next(key for key, words in INDUSTRIES.items() if words == near)
    assert templates(key, "TIER_BASED")


def test_florists_are_shown_what_works_well_for_shops(alma: Person, gallery: str) -> None:
    page = shown(alma, f"{gallery}?industry=florists")
    assert "No templates for “florists” yet. Those for Shop work well." in page
    assert "<h2>Shop Points</h2>" in page
    assert "Coffee: 3 templates" in shown(alma, f"{gallery}?industry=COFFEE")
    hostile = alma.browser().get(f"{gallery}?industry=<script>alert(1)</script>").get_data(as_text=True)
    assert "<script>alert" not in hostile


def test_three_answers_bring_a_suggestion_with_its_reason_and_templates(alma: Person, gallery: str) -> None:
    page = shown(alma, f"{gallery}/which")
    assert page.count("<fieldset") == 3
    assert "There is a problem" not in page
    page = shown(alma, f"{gallery}/which?visits=often&basket=same&goal=free&show=1")
    assert "Start with Punch card" in page
    assert "Purchases are alike and people come often" in page
    assert "<h3>Coffee Punch Card</h3>" in page
    assert 'value="same" checked' in page


def test_a_question_left_out_is_named_and_the_other_answers_stay(alma: Person, gallery: str) -> None:
    answer = alma.browser().get(f"{gallery}/which?visits=often&goal=free&show=1")
    page = unescape(answer.get_data(as_text=True))
    assert answer.status_code == 422
    assert page.count("Choose an answer") == 2
    assert 'value="often" checked' in page


def test_starting_with_the_suggestion_makes_a_draft_of_that_type(alma: Person, gallery: str) -> None:
    started = submit(alma.browser(), f"{gallery.removesuffix('/templates')}/new", ruleType="STAMP_CARD")
    assert started.status_code == 303
    assert started.location.endswith("/rules")


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


def test_a_template_that_is_not_offered_any_more_leads_to_the_nearest(alma: Person, gallery: str) -> None:
    browser = alma.browser()
    answer = submit(browser, f"{gallery}/salon-punch-card-of-old")
    assert answer.status_code == 303
    page = unescape(browser.get(answer.location).get_data(as_text=True))
    assert "This template is not offered any more. These come nearest to it." in page
    assert "loyalty card" in page


def test_ben_has_no_gallery(ben: Person, gallery: str) -> None:
    browser = ben.browser()
    assert browser.get(gallery).status_code == 403
    assert submit(browser, f"{gallery}/coffee-punch-card").status_code == 403
