"""The page of one program: what can be done in which state, the end and until when, deleting, restoring, copies."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from uuid import UUID
from zoneinfo import ZoneInfo

import pytest
from flask.testing import FlaskClient

from app.core.unit_of_work import unit_of_work
from app.domain.lifecycle import Action
from app.queries.programs import program
from app.services.businesses import create_location
from app.services.program_lifecycle import move_program
from tests.factories.businesses import Shop
from tests.factories.people import Person, form_token, submit
from tests.factories.programs import owner_of, punch_card
from tests.factories.trade import join, live_points, live_punch_card, sell
from tests.web.test_programs import status


@pytest.fixture
def browser(alma: Person) -> FlaskClient:
    """Alma's browser."""
    return alma.browser()


@pytest.fixture
def programs(cafe: Shop) -> str:
    """Where the café's programs are."""
    return f"/b/{cafe.slug}/programs"


def read(browser: FlaskClient, path: str) -> str:
    """Read a page."""
    return browser.get(path).get_data(as_text=True)


def moved(shop: Shop, program_id: UUID, *actions: Action) -> UUID:
    """Move a program on."""
    for action in actions:
        with unit_of_work(shop.id):
            move_program(program_id, action, actor=owner_of(shop))
    return program_id


def test_each_state_has_its_own_primary_action(cafe: Shop, browser: FlaskClient, programs: str) -> None:
    future = (datetime.now(UTC) + timedelta(days=9)).isoformat()
    scheduled = moved(cafe, punch_card(cafe, name="Later", startsAt=future), Action.ACTIVATE)
    live = live_punch_card(cafe)
    paused = moved(cafe, live_punch_card(cafe), Action.PAUSE)
    ended = moved(cafe, live_punch_card(cafe), Action.END)
    for program_id, primary in [
        (punch_card(cafe), "Activate Now"),
        (scheduled, "Edit"),
        (live, "Open till"),
        (paused, "Resume"),
        (ended, "Duplicate"),
    ]:
        page = read(browser, f"{programs}/{program_id}")
        button = page.partition('class="btn btn-primary"')[2].partition("</button>" if primary != "Edit" else "</a>")[0]
        assert primary in button, primary
        assert page.count('class="btn btn-primary"') == 1, primary


def test_a_scheduled_program_becomes_a_draft_again(cafe: Shop, browser: FlaskClient, programs: str) -> None:
    future = (datetime.now(UTC) + timedelta(days=9)).isoformat()
    later = moved(cafe, punch_card(cafe, startsAt=future), Action.ACTIVATE)
    page = read(browser, submit(browser, f"{programs}/{later}/unschedule").location)
    assert "Unscheduled. It is a draft again" in page
    assert status(cafe, later) == "DRAFT"


def test_ending_says_who_is_in_the_middle_and_until_when_they_may_redeem(
    cafe: Shop, browser: FlaskClient, programs: str
) -> None:
    card = live_punch_card(cafe, name="Winter card")
    sell(cafe, join(cafe, "Cleo"))
    page = read(browser, f"{programs}/{card}")
    in_90_days = (datetime.now(UTC) + timedelta(days=90)).astimezone(ZoneInfo("Europe/Kyiv")).date()
    assert "1 customer has unfinished cards." in page
    assert f'value="{in_90_days}"' in page
    day = in_90_days - timedelta(days=60)
    submit(browser, f"{programs}/{card}/end", confirm_name="Winter card", redeem_until=str(day))
    with unit_of_work(cafe.id):
        ended = program(card)
    assert ended["status"] == "ENDED"
    assert ended["redeemUntil"].astimezone(ZoneInfo("Europe/Kyiv")).date() == day + timedelta(days=1)


def test_ending_points_says_how_many_are_held(cafe: Shop, browser: FlaskClient, programs: str) -> None:
    points = live_points(cafe)
    sell(cafe, join(cafe, "Cleo"), "100")
    assert "Customers hold 200 points." in read(browser, f"{programs}/{points}")


def test_a_button_of_the_list_leads_back_to_its_view(cafe: Shop, browser: FlaskClient, programs: str) -> None:
    card = live_punch_card(cafe, name="Winter card")
    view = read(browser, f"{programs}?q=winter&status=active")
    assert 'name="back" value="q=winter&amp;status=active"' in view
    answer = submit(browser, f"{programs}/{card}/pause", back="q=winter&status=active")
    assert answer.location.endswith("/programs?q=winter&status=active")
    page = read(browser, answer.location)
    assert "Paused. Customers keep their progress." in page
    assert f'action="{programs}/{card}/resume"' in page
    assert submit(browser, f"{programs}/{card}/resume", back="https://elsewhere.example").location == programs


@pytest.mark.parametrize(
    ("typed", "words"),
    [("2020-01-01", "Enter today or a later day"), ("soon", "Enter a day as"), ("2999-01-01", "Enter a day before")],
)
def test_a_day_that_cannot_be_is_refused_and_kept(
    cafe: Shop, browser: FlaskClient, programs: str, typed: str, words: str
) -> None:
    card = live_punch_card(cafe, name="Winter card")
    refused = submit(browser, f"{programs}/{card}/end", confirm_name="Winter card", redeem_until=typed)
    page = refused.get_data(as_text=True)
    assert refused.status_code == 422
    assert words in page
    assert f'value="{typed}"' in page
    assert 'value="Winter card"' in page
    assert status(cafe, card) == "ACTIVE"


def test_the_last_day_to_redeem_can_be_moved_after_the_end(cafe: Shop, browser: FlaskClient, programs: str) -> None:
    ends = (datetime.now(UTC) + timedelta(days=300)).isoformat()
    card = moved(cafe, live_punch_card(cafe, endsAt=ends), Action.END)
    day = datetime.now(ZoneInfo("Europe/Kyiv")).date() + timedelta(days=30)
    page = read(browser, submit(browser, f"{programs}/{card}/redeem-until", redeem_until=str(day)).location)
    assert "Saved." in page
    assert f'value="{day}"' in page
    assert submit(browser, f"{programs}/{card}/redeem-until", redeem_until="").status_code == 422


def test_deleting_asks_for_the_name_and_can_be_taken_back(cafe: Shop, browser: FlaskClient, programs: str) -> None:
    card = live_punch_card(cafe, name="Winter card")
    assert submit(browser, f"{programs}/{card}/delete", delete_name="Card").status_code == 422
    page = read(browser, submit(browser, f"{programs}/{card}/delete", delete_name="winter card").location)
    assert "Deleted. You find it under Deleted programs." in page
    assert browser.get(f"{programs}/{card}").status_code == 404
    bin_page = read(browser, f"{programs}/deleted")
    assert "Winter card" in bin_page
    assert "Restoring it makes it an ended program again, until" in bin_page
    restored = read(browser, submit(browser, f"{programs}/{card}/restore").location)
    assert "Restored." in restored
    assert status(cafe, card) == "ENDED"
    assert "Nothing deleted" in read(browser, f"{programs}/deleted")


def test_a_copy_for_another_location_is_a_draft_there(cafe: Shop, browser: FlaskClient, programs: str) -> None:
    with unit_of_work(cafe.id):
        here, there = (create_location({"name": name}, owner_of(cafe)) for name in ("Podil", "Obolon"))
    card = live_punch_card(cafe, name="Card", locationIds=[str(here)])
    assert "Duplicate for another location" in read(browser, f"{programs}/{card}")
    form = {"csrf_token": form_token(browser), "copy_name": "Obolon card", "location": [str(there)]}
    copy = browser.post(f"{programs}/{card}/duplicate", data=form).location.rpartition("/")[2]
    with unit_of_work(cafe.id):
        made = program(UUID(copy))
    assert (made["name"], made["status"], made["locationIds"]) == ("Obolon card", "DRAFT", [str(there)])


def test_a_quick_copy_keeps_the_places(cafe: Shop, browser: FlaskClient, programs: str) -> None:
    with unit_of_work(cafe.id):
        here = create_location({"name": "Podil"}, owner_of(cafe))
    card = live_punch_card(cafe, name="Card", locationIds=[str(here)])
    copy = submit(browser, f"{programs}/{card}/duplicate").location.rpartition("/")[2]
    with unit_of_work(cafe.id):
        made = program(UUID(copy))
    assert (made["name"], made["locationIds"]) == ("Copy of Card", [str(here)])


def test_a_name_too_long_or_a_place_unknown_is_said_in_the_form(
    cafe: Shop, browser: FlaskClient, programs: str
) -> None:
    card = live_punch_card(cafe)
    assert submit(browser, f"{programs}/{card}/duplicate", copy_name="x" * 101).status_code == 422
    refused = submit(browser, f"{programs}/{card}/duplicate", copy_name="Mine", location=str(card))
    assert refused.status_code == 422
    assert 'value="Mine"' in refused.get_data(as_text=True)


def test_dora_deletes_restores_and_copies_nothing_of_the_cafe_s(cafe: Shop, dora: Person) -> None:
    card = live_punch_card(cafe)
    browser = dora.browser()
    for action in ("delete", "restore", "duplicate", "redeem-until", "unschedule", "end"):
        assert submit(browser, f"/b/{dora.slug}/programs/{card}/{action}").status_code in (404,), action
    assert status(cafe, card) == "ACTIVE"
