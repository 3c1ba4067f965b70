"""The wizard's steps 3 and 4: local times with the instants they mean, limits, warnings, activation."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest
from flask.testing import FlaskClient

from app.core import clock
from tests.factories.businesses import Shop, found_shop
from tests.factories.people import Person, submit
from tests.factories.trade import live_punch_card
from tests.web.test_wizard import sent, started, stored, texts

SKIPPED = "2027-03-28T03:30"  # the night on which the clocks of Kyiv go from 03:00 to 04:00
TWICE = "2027-10-31T03:30"


@pytest.fixture
def browser(alma: Person) -> FlaskClient:
    """Alma's browser."""
    return alma.browser()


@pytest.fixture
def draft(cafe: Shop, browser: FlaskClient) -> str:
    """The address of a punch card whose rules are done."""
    address = started(browser, f"/b/{cafe.slug}/programs")
    assert sent(browser, f"{address}/rules").location == f"{address}/details"
    return address


def test_a_program_is_set_up_and_goes_live_by_forms_alone(cafe: Shop, browser: FlaskClient, draft: str) -> None:
    assert sent(browser, f"{draft}/details", name="Winter card").location == f"{draft}/review"
    page = browser.get(f"{draft}/review").get_data(as_text=True)
    for words in ("Winter card", "Punches required", "Activate Now", "Save as Draft", "No end date", "Change"):
        assert words in page, words
    assert submit(browser, f"{draft}/review", do="activate").location == f"{draft}/live"
    assert "Winter card is live" in browser.get(f"{draft}/live").get_data(as_text=True)
    assert stored(cafe, draft)["status"] == "ACTIVE"


def test_the_end_date_must_be_after_the_start_date(browser: FlaskClient, draft: str) -> None:
    dates = {"startsAt": "2027-05-02T09:00", "endsAt": "2027-05-01T09:00"}
    answer = browser.get(sent(browser, f"{draft}/details", **dates).location)
    page = answer.get_data(as_text=True)
    assert answer.status_code == 422
    assert page.count("End date must be after start date") == 2
    assert texts(browser, f"{draft}/details")["endsAt"] == dates["endsAt"]
    assert browser.get(f"{draft}/review").location == f"{draft}/details"


def test_a_program_that_would_be_over_at_once_is_refused(browser: FlaskClient, draft: str) -> None:
    answer = browser.get(sent(browser, f"{draft}/details", endsAt="2020-05-01T09:00").location)
    assert answer.get_data(as_text=True).count("End date must be in the future") == 2


def test_local_times_become_instants_and_are_said_where_the_clocks_change(
    cafe: Shop, browser: FlaskClient, draft: str
) -> None:
    sent(browser, f"{draft}/details", startsAt=SKIPPED, endsAt=TWICE)
    program = stored(cafe, draft)
    assert program["startsAt"] == datetime(2027, 3, 28, 1, 30, tzinfo=UTC)
    assert program["endsAt"] == datetime(2027, 10, 31, 0, 30, tzinfo=UTC)
    page = browser.get(f"{draft}/details").get_data(as_text=True)
    assert "Starts Sun 28 Mar 2027, 04:30 in Europe/Kyiv (UTC+03:00), 01:30 UTC." in page
    assert "03:30 comes twice that night; the first one counts." in page
    live = submit(browser, f"{draft}/details/check", timezone="Europe/Kyiv", startsAt=SKIPPED).get_data(as_text=True)
    assert "The clocks skip 03:30 that night." in live


def test_every_detail_reaches_the_program_and_comes_back(cafe: Shop, browser: FlaskClient, draft: str) -> None:
    sent(browser, f"{draft}/details", do="add:caps")
    changes = {
        "description": "For winter",
        "recurrence.days": "MO,WE",
        "recurrence.startTime": "22:00",
        "recurrence.endTime": "02:00",
        "blackoutDates": "2027-01-01\n2027-01-06",
        "segments": "new",
        "caps.0.max": "2",
        "caps.0.per": "week",
        "budget.max": "500",
        "budget.per": "month",
        "priority": "7",
        "exclusiveGroup": "cards",
        "redeemUntil": "2027-12-31T23:59",
    }
    answer = sent(browser, f"{draft}/details", **changes)
    assert answer.location == f"{draft}/review"
    program = stored(cafe, draft)
    assert program["recurrence"] == {
        "rrule": "FREQ=WEEKLY;BYDAY=MO,WE",
        "startTime": "22:00",
        "durationMinutes": 240,
    }
    assert program["caps"] == [{"unit": "rewards", "max": 2, "per": "week"}]
    assert program["budget"] == {"unit": "rewards", "max": 500, "per": "month"}
    assert (program["blackoutDates"], program["segments"]) == (["2027-01-01", "2027-01-06"], ["new"])
    assert (program["priority"], program["exclusiveGroup"]) == (7, "cards")
    again = texts(browser, f"{draft}/details")
    assert {name: again[name].replace("\r", "") for name in changes if name != "recurrence.days"} == {
        name: text for name, text in changes.items() if name != "recurrence.days"
    }
    assert browser.get(f"{draft}/review").status_code == 200


def test_wrong_details_are_told_at_their_fields(browser: FlaskClient, draft: str) -> None:
    changes = {
        "name": " ",
        "blackoutDates": "Christmas",
        "priority": "0",
        "recurrence.startTime": "09:00",
        "budget.max": "many",
    }
    page = browser.get(sent(browser, f"{draft}/details", **changes).location).get_data(as_text=True)
    for name, sentence in [
        ("name", "Program name must be 1 to 100 characters"),
        ("blackoutDates", "Blackout date must be a date such as 2026-12-25"),
        ("priority", "Priority must be between 1 and 1,000"),
        ("recurrence.endTime", "Duration must be a number"),
        ("budget.max", "Budget must be a number"),
    ]:
        assert page.count(sentence) == 2, sentence
        assert f'href="#{name}"' in page
        assert f'id="{name}"' in page


def test_a_start_in_the_future_is_scheduled(cafe: Shop, browser: FlaskClient, draft: str) -> None:
    start = (clock.now() + timedelta(days=40)).strftime("%Y-%m-%dT09:00")
    sent(browser, f"{draft}/details", startsAt=start)
    page = browser.get(f"{draft}/review").get_data(as_text=True)
    assert "Schedule for " in page and ", 09:00</button>" in page
    submit(browser, f"{draft}/review", do="activate")
    assert stored(cafe, draft)["status"] == "SCHEDULED"
    assert "is scheduled for " in browser.get(f"{draft}/live").get_data(as_text=True)


def test_the_review_warns_of_a_twin_of_a_high_cost_and_of_nothing_to_earn(
    cafe: Shop, browser: FlaskClient, draft: str
) -> None:
    live_punch_card(cafe, name="Coffee Card")
    sent(browser, f"{draft}/rules", punchesRequired="3", endowedStart="0")
    sent(browser, f"{draft}/details")
    page = browser.get(f"{draft}/review").get_data(as_text=True)
    assert "You also have Coffee Card live." in page
    assert "That is generous" in page
    sent(browser, f"{draft}/rules", minimumPurchaseAmount="99999")
    assert "100 visits give nothing." in browser.get(f"{draft}/review").get_data(as_text=True)


def test_a_draft_is_left_and_found_again(cafe: Shop, browser: FlaskClient, draft: str) -> None:
    answer = sent(browser, f"{draft}/details", do="save", name="Later card")
    assert answer.location == draft
    assert stored(cafe, draft)["name"] == "Later card"
    assert texts(browser, f"{draft}/details")["name"] == "Later card"


def test_nothing_unfinished_is_activated(cafe: Shop, browser: FlaskClient, draft: str) -> None:
    sent(browser, f"{draft}/details")
    submit(browser, f"{draft}/rules/preview", **{**texts(browser, f"{draft}/rules"), "punchesRequired": "99"})
    assert submit(browser, f"{draft}/review", do="activate").location == f"{draft}/rules?check=1"
    assert stored(cafe, draft)["status"] == "DRAFT"


def test_staff_are_refused_and_dora_finds_nothing(cafe: Shop, ben: Person, draft: str) -> None:
    dora = found_shop("Dora's Flowers", "Dora")
    for step in ("type", "rules", "details", "review", "live"):
        assert ben.browser().get(f"{draft}/{step}").status_code == 403
        assert dora.owner.browser().get(f"{draft}/{step}").status_code == 404
        own = draft.replace(f"/b/{cafe.slug}/", f"/b/{dora.slug}/")
        assert dora.owner.browser().get(f"{own}/{step}").status_code == 404


def test_looking_at_finished_rules_again_does_not_hold_up_the_review(browser: FlaskClient, draft: str) -> None:
    sent(browser, f"{draft}/details")
    submit(browser, f"{draft}/rules/preview", **texts(browser, f"{draft}/rules"), validHours="")
    assert browser.get(f"{draft}/review").status_code == 200
