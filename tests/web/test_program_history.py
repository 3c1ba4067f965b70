"""Versions and activity of a program: who did what, when, with what difference, and what earned under it."""

from __future__ import annotations

from uuid import UUID

from flask.testing import FlaskClient

from app.core.unit_of_work import unit_of_work
from app.domain.lifecycle import Action
from app.services.program_lifecycle import move_program
from app.services.programs import update_program
from tests.factories.businesses import Shop
from tests.factories.people import Person
from tests.factories.programs import PUNCH_CONFIG, owner_of
from tests.factories.trade import join, live_punch_card, sell
from tests.support.statements import counted
from tests.web.test_live_edit import plain


def changed(cafe: Shop, card: UUID, required: int) -> None:
    """Publish another size of the card."""
    with unit_of_work(cafe.id):
        config = {**PUNCH_CONFIG, "punchesRequired": required}
        update_program(card, {"ruleConfig": config}, actor=owner_of(cafe))


def test_versions_say_who_what_since_when_and_how_many_purchases(cafe: Shop, alma: Person) -> None:
    card = live_punch_card(cafe)
    cleo = join(cafe, "Cleo")
    for _ in range(2):
        sell(cafe, cleo)
    changed(cafe, card, 5)
    sell(cafe, cleo)
    words = plain(alma.browser().get(f"/b/{cafe.slug}/programs/{card}/versions"))
    newest, _, first = words.partition("v1")
    assert "Punches required 3 → 5 Alma," in newest
    assert "1 purchase earned under it." in newest
    assert "Created Alma," in first
    assert "2 purchases earned under it." in first
    assert "Changes apply from now on. Nobody loses what they earned." in words


def test_any_two_versions_are_compared(cafe: Shop, alma: Person) -> None:
    card = live_punch_card(cafe)
    for required in (5, 7):
        changed(cafe, card, required)
    browser, where = alma.browser(), f"/b/{cafe.slug}/programs/{card}/versions/compare"
    assert "Punches required 5 7" in plain(browser.get(where))
    assert "Punches required 3 7" in plain(browser.get(f"{where}?from=1&to=3"))
    assert "These two say the same." in plain(browser.get(f"{where}?from=2&to=2"))
    assert browser.get(f"{where}?from=1&to=9").status_code == 404


def test_activity_says_who_did_what_and_shows_the_events(cafe: Shop, alma: Person, ben: Person) -> None:
    card = live_punch_card(cafe)
    changed(cafe, card, 5)
    with unit_of_work(cafe.id):
        move_program(card, Action.PAUSE, actor=owner_of(cafe))
    browser, where = alma.browser(), f"/b/{cafe.slug}/programs/{card}/activity"
    words = plain(browser.get(where))
    order = ["Alma paused it", "Alma changed the program Punches required 3 → 5", "Alma activated it", "Alma created"]
    assert list(map(words.find, order)) == sorted(map(words.find, order))
    assert -1 not in map(words.find, order)
    events = plain(browser.get(f"{where}?view=events"))
    assert "loyalty.program.paused No. 4" in events
    assert f"pausedBy user:{cafe.owner.user_id}" in events
    assert ben.browser().get(where).status_code == 403


def test_long_histories_come_in_pages_of_the_same_few_statements(cafe: Shop, alma: Person) -> None:
    card = live_punch_card(cafe)
    browser = alma.browser()
    pages = {
        name: f"/b/{cafe.slug}/programs/{card}/{name}" for name in ("versions", "activity", "activity?view=events")
    }
    few = {name: statements(browser, where) for name, where in pages.items()}
    for number in range(45):
        changed(cafe, card, 2 + number)
    assert {name: statements(browser, where) for name, where in pages.items()} == few
    seen, url = [], pages["versions"]
    while url:
        page = browser.get(url).get_data(as_text=True)
        seen += [int(part.partition("<")[0]) for part in page.split('class="v">v')[1:]]
        url = page.partition('rel="next" href="')[2].partition('"')[0].replace("&amp;", "&")
    assert seen == list(range(46, 0, -1))


def statements(browser: FlaskClient, where: str) -> int:
    """How many statements a page takes."""
    with counted() as found:
        assert browser.get(where).status_code == 200
    return len(found)
