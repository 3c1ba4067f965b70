"""The list of programs in its address: filters as chips, orders, pages, rows to act on, a file."""

from __future__ import annotations

import csv
import io
from collections.abc import Callable
from datetime import timedelta
from uuid import UUID

import pytest
from flask.testing import FlaskClient

from app.core import clock
from app.core.unit_of_work import unit_of_work
from app.domain.lifecycle import Action
from app.services.businesses import create_location
from app.services.program_lifecycle import move_program
from tests.factories.businesses import Shop
from tests.factories.people import Person
from tests.factories.programs import owner_of, punch_card
from tests.factories.trade import live_points, live_punch_card
from tests.support.statements import counted

Read = Callable[..., str]


@pytest.fixture
def browser(alma: Person) -> FlaskClient:
    """Alma's browser."""
    return alma.browser()


@pytest.fixture
def read(cafe: Shop, browser: FlaskClient) -> Read:
    """Read the list at a query; a fragment with htmx's header."""

    def get(query: str = "", **headers: str) -> str:
        answer = browser.get(f"/b/{cafe.slug}/programs{query}", headers=headers)
        assert answer.status_code == 200
        return answer.get_data(as_text=True)

    return get


def names(page: str) -> list[str]:
    """The names of the rows, in their order."""
    return [part.partition(">")[2].partition("<")[0] for part in page.split('<a class="name"')[1:]]


def test_several_statuses_are_removable_chips_in_the_address(cafe: Shop, read: Read) -> None:
    punch_card(cafe, name="Draft card")
    paused = live_punch_card(cafe, name="Paused card")
    with unit_of_work(cafe.id):
        move_program(paused, Action.PAUSE, actor=owner_of(cafe))
    live_punch_card(cafe, name="Live card")
    page = read("?status=draft&status=PAUSED&ruleType=PUNCH_CARD")
    assert set(names(page)) == {"Draft card", "Paused card"}
    for chip in ("Status Draft", "Status Paused", "Type Punch card"):
        assert f'aria-label="Remove filter: {chip}"' in page, chip
    assert f'href="/b/{cafe.slug}/programs?status=paused&amp;ruleType=PUNCH_CARD"' in page
    assert names(page) == names(read("?status=draft,paused&ruleType=PUNCH_CARD"))


def test_tabs_count_what_the_filters_find(cafe: Shop, read: Read) -> None:
    live_points(cafe)
    live_punch_card(cafe, name="Winter card")
    punch_card(cafe, name="Summer card")
    for query, totals in [
        ("", {"All": 3, "Active": 2, "Draft": 1, "Paused": 0}),
        ("?ruleType=PUNCH_CARD", {"All": 2, "Active": 1, "Draft": 1}),
        ("?q=card", {"All": 2, "Active": 1, "Draft": 1}),
        ("?q=card&status=draft", {"All": 2, "Active": 1, "Draft": 1}),
    ]:
        page = read(query)
        for label, total in totals.items():
            assert f"{label} <span>{total}</span>" in page, (query, label)


def test_a_location_finds_its_programs_and_those_that_count_everywhere(cafe: Shop, read: Read) -> None:
    with unit_of_work(cafe.id):
        here, there = (create_location({"name": name}, owner_of(cafe)) for name in ("Podil", "Obolon"))
    punch_card(cafe, name="Everywhere")
    punch_card(cafe, name="Podil only", locationIds=[str(here)])
    assert names(read(f"?location={here}")) == ["Podil only", "Everywhere"]
    page = read(f"?location={there}")
    assert names(page) == ["Everywhere"]
    assert "Location <b>Obolon</b>" in page
    assert '<div class="muted small">Podil</div>' in read()


def test_every_head_sorts_both_ways_and_says_so(cafe: Shop, read: Read) -> None:
    for name in ("Beta", "alpha", "Gamma"):
        punch_card(cafe, name=name)
    assert names(read()) == ["Gamma", "alpha", "Beta"]
    page = read("?sort=name")
    assert names(page) == ["alpha", "Beta", "Gamma"]
    assert 'aria-sort="ascending"' in page
    assert 'href="/b/' + cafe.slug + '/programs?sort=-name"' in page
    page = read("?sort=-name")
    assert names(page) == ["Gamma", "Beta", "alpha"]
    assert page.count("aria-sort=") == 1
    for sort in (
        "ruleType",
        "endsAt",
        "-startsAt",
        "-enrollmentCount",
        "-activeParticipants",
        "-totalRedemptions",
        "-updatedAt",
    ):
        assert len(names(read(f"?sort={sort}"))) == 3, sort
    assert len(names(read("?sort=colour"))) == 3


def test_pages_keep_the_view(cafe: Shop, read: Read) -> None:
    for number in range(23):
        punch_card(cafe, name=f"Card {number:02}")
    page = read("?sort=name&status=draft")
    assert names(page) == [f"Card {number:02}" for number in range(20)]
    assert "All 23 that match" in page
    assert f"/b/{cafe.slug}/programs?status=draft&amp;sort=name&amp;page=2" in page
    assert names(read("?sort=name&status=draft&page=2")) == ["Card 20", "Card 21", "Card 22"]


def test_a_row_offers_what_its_status_allows(cafe: Shop, read: Read) -> None:
    punch_card(cafe, name="Draft card")
    page = read()
    for button in ("Activate", "Edit", "Duplicate", "Analytics"):
        assert f'title="{button}"' in page, button
    live = live_punch_card(cafe, name="Live card")
    assert 'title="Pause"' in read("?status=active")
    with unit_of_work(cafe.id):
        move_program(live, Action.END, actor=owner_of(cafe))
    ended = read("?status=ended")
    assert 'title="Edit"' not in ended
    assert 'title="Duplicate"' in ended


def test_who_may_only_look_picks_nothing(cafe: Shop, ben: Person) -> None:
    live_punch_card(cafe)
    page = ben.browser().get(f"/b/{cafe.slug}/programs").get_data(as_text=True)
    assert 'name="ids"' not in page
    assert 'title="Pause"' not in page
    assert 'title="Analytics"' in page


@pytest.mark.parametrize("query", ["", "?status=active&ruleType=PUNCH_CARD&sort=-enrollmentCount", "?q=card&page=2"])
@pytest.mark.parametrize("size", [2, 25])
def test_a_page_of_the_list_asks_three_questions(cafe: Shop, read: Read, query: str, size: int) -> None:
    for number in range(size):
        live_punch_card(cafe, name=f"Card {number}")
    read(query)
    with counted() as statements:
        read(query)
    of_the_door = ("SELECT set_config", "SELECT business.", "SELECT user_account.", "SELECT membership.")
    of_the_list = [each for each in statements if not each.startswith(of_the_door)]
    assert len(of_the_list) <= 3, of_the_list


def test_a_program_that_the_clock_has_turned_counts_in_its_new_tab_at_once(cafe: Shop, read: Read) -> None:
    soon = clock.now() + timedelta(hours=1)
    live_punch_card(cafe, name="Short card", endsAt=soon.isoformat())
    assert "Active <span>1</span>" in read()
    with clock.frozen(soon):
        page = read("?status=ended")
    assert "Active <span>0</span>" in page
    assert "Ended <span>1</span>" in page
    assert names(page) == ["Short card"]


def test_the_list_is_a_file_for_spreadsheets(cafe: Shop, alma: Person) -> None:
    punch_card(cafe, name="=Sum card")
    live_points(cafe)
    answer = alma.browser().get(f"/b/{cafe.slug}/programs/programs.csv?status=draft")
    assert answer.headers["Content-Disposition"].startswith('attachment; filename="programs-20')
    rows = list(csv.DictReader(io.StringIO(answer.get_data().decode("utf-8-sig"))))
    assert [(row["Name"], row["Status"], row["Locations"]) for row in rows] == [("'=Sum card", "Draft", "Everywhere")]
    assert UUID(rows[0]["Id"])


def test_the_fragment_brings_its_tabs(read: Read, cafe: Shop) -> None:
    punch_card(cafe)
    fragment = read("?q=coffee", **{"HX-Request": "true"})
    assert fragment.lstrip().startswith('<section id="program-list"')
    assert 'id="program-tabs" hx-swap-oob="true"' in fragment
