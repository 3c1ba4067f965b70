"""Programs on the pages: the list in its address, the page of one, and its ways from draft to ended."""

from __future__ import annotations

from uuid import UUID

import pytest

from app.core.unit_of_work import unit_of_work
from app.queries.programs import program
from tests.factories.businesses import Shop
from tests.factories.people import Person, submit
from tests.factories.programs import punch_card
from tests.factories.trade import activated, join, live_points, live_punch_card, sell, settle

FRAGMENT = {"HX-Request": "true"}


@pytest.fixture
def programs(cafe: Shop) -> str:
    """Where the café's programs are."""
    return f"/b/{cafe.slug}/programs"


def test_the_list_has_tabs_with_counts_a_search_and_a_filter(cafe: Shop, alma: Person, programs: str) -> None:
    live_points(cafe)
    draft = punch_card(cafe, name="Winter card")
    browser = alma.browser()
    page = browser.get(programs).get_data(as_text=True)
    assert "Loyalty Programs" in page
    for label, total in [("All", 2), ("Active", 1), ("Draft", 1), ("Ended", 0)]:
        assert f"{label} <span>{total}</span>" in page, label
    for query, shown, hidden in [
        ("?status=draft", "Winter card", "Bean points"),
        ("?ruleType=POINTS_BASED", "Bean points", "Winter card"),
        ("?q=winter", "Winter card", "Bean points"),
        (f"?q={draft}", "Winter card", "Bean points"),
    ]:
        found = browser.get(f"{programs}{query}", headers=FRAGMENT).get_data(as_text=True)
        assert (shown in found, hidden in found) == (True, False), query
        assert found.lstrip().startswith("<section")
    assert "No programs match" in browser.get(f"{programs}?q=nothing").get_data(as_text=True)
    assert browser.get(f"{programs}?status=odd&page=x&ruleType=1").status_code == 200


def test_a_program_s_page_says_its_rule_its_figures_and_who_was_here(cafe: Shop, alma: Person, programs: str) -> None:
    card = live_punch_card(cafe)
    cleo = join(cafe, "Cleo Marsh")
    sell(cafe, cleo)
    sell(cafe, cleo)
    page = alma.browser().get(f"{programs}/{card}").get_data(as_text=True)
    for words in (
        "Customers can enroll and earn rewards",
        "Collect 3 punches, get a coffee on the house.",
        "1 person is 1 punch away",
        "Cleo Marsh",
        "+1 punch",
        "1 customer has unfinished cards.",
    ):
        assert words in page, words


def test_figures_are_those_of_the_ledger(cafe: Shop, alma: Person, programs: str) -> None:
    points = live_points(cafe)
    for name in ("Cleo", "Novak"):
        sell(cafe, join(cafe, name), "100")
    settle(cafe)
    page = alma.browser().get(f"{programs}/{points}").get_data(as_text=True)
    assert "worth ₴8" in page  # 2 members × 100 × 2 points, 50 points are worth 1
    assert '<span class="r-kpi__value">400</span>' in page


def test_pause_can_be_undone_at_once_and_a_second_pause_says_how_it_stands(
    cafe: Shop, alma: Person, programs: str
) -> None:
    card = live_punch_card(cafe)
    browser = alma.browser()
    answer = submit(browser, f"{programs}/{card}/pause")
    page = browser.get(answer.location).get_data(as_text=True)
    assert answer.status_code == 303
    assert "Paused. Customers keep their progress." in page
    assert f'action="{programs}/{card}/resume"' in page
    again = browser.get(submit(browser, f"{programs}/{card}/pause").location).get_data(as_text=True)
    assert "cannot pause" in again
    submit(browser, f"{programs}/{card}/resume")
    assert status(cafe, card) == "ACTIVE"


def test_a_draft_is_activated(cafe: Shop, alma: Person, programs: str) -> None:
    card = punch_card(cafe)
    browser = alma.browser()
    assert "Not visible to customers" in browser.get(f"{programs}/{card}").get_data(as_text=True)
    assert submit(browser, f"{programs}/{card}/activate").status_code == 303
    assert status(cafe, card) == "ACTIVE"


def test_ending_asks_for_the_name(cafe: Shop, alma: Person, programs: str) -> None:
    card = activated(cafe, punch_card(cafe, name="Winter card"))
    browser = alma.browser()
    refused = submit(browser, f"{programs}/{card}/end", confirm_name="Summer card")
    page = refused.get_data(as_text=True)
    assert refused.status_code == 422
    assert "Type Winter card to end it" in page
    assert "<title>Error: " in page
    assert status(cafe, card) == "ACTIVE"
    assert submit(browser, f"{programs}/{card}/end", confirm_name=" winter  card ").status_code == 303
    assert status(cafe, card) == "ENDED"


def test_ben_may_look_but_not_change(cafe: Shop, ben: Person, programs: str) -> None:
    card = live_punch_card(cafe)
    browser = ben.browser()
    page = browser.get(f"{programs}/{card}").get_data(as_text=True)
    assert f"{card}/pause" not in page
    assert submit(browser, f"{programs}/{card}/pause").status_code == 403
    assert status(cafe, card) == "ACTIVE"


def test_dora_finds_no_program_of_the_cafe_s(cafe: Shop, dora: Person, programs: str) -> None:
    card = live_punch_card(cafe)
    browser = dora.browser()
    assert browser.get(f"/b/{dora.slug}/programs/{card}").status_code == 404
    assert submit(browser, f"/b/{dora.slug}/programs/{card}/pause").status_code == 404
    assert browser.get(f"{programs}/{card}").status_code == 404
    assert status(cafe, card) == "ACTIVE"


def test_a_form_without_our_token_changes_nothing(cafe: Shop, alma: Person, programs: str) -> None:
    card = live_punch_card(cafe)
    assert alma.browser().post(f"{programs}/{card}/pause").status_code == 403
    assert status(cafe, card) == "ACTIVE"


def status(shop: Shop, program_id: UUID) -> str:
    """Return a program's status."""
    with unit_of_work(shop.id):
        return str(program(program_id)["status"])
