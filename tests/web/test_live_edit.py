"""A live program is changed through the wizard: nothing until Publish, what it means to members, and two at once."""

from __future__ import annotations

import re
from html import unescape
from typing import Any
from uuid import UUID

import pytest
from flask.testing import FlaskClient
from werkzeug.test import TestResponse

from app.core.unit_of_work import unit_of_work
from app.domain.lifecycle import Action
from app.queries.programs import program, versions
from app.services.program_lifecycle import move_program
from app.services.programs import create_program, update_program
from app.web.business.wizard.starts import start_config
from tests.factories.businesses import Shop, hire
from tests.factories.people import Person, submit
from tests.factories.programs import PUNCH_CONFIG, owner_of, punch_card
from tests.factories.trade import join, live_punch_card, sell
from tests.web.test_wizard import sent, texts


@pytest.fixture
def browser(alma: Person) -> FlaskClient:
    """Alma's browser."""
    return alma.browser()


@pytest.fixture
def dana(cafe: Shop) -> FlaskClient:
    """Dana's browser: she manages the café with Alma."""
    return hire(cafe, "Dana", "manager").browser()


@pytest.fixture
def card(cafe: Shop) -> UUID:
    """A live card of eight."""
    return live_punch_card(cafe, ruleConfig={**PUNCH_CONFIG, "punchesRequired": 8})


def address(cafe: Shop, card: UUID) -> str:
    """Where the pages of the card are."""
    return f"/b/{cafe.slug}/programs/{card}"


def stored(cafe: Shop, card: UUID) -> dict[str, Any]:
    """The program object."""
    with unit_of_work(cafe.id):
        return program(card)


def begin(browser: FlaskClient, where: str, **changes: str) -> TestResponse:
    """Begin an edit and go on to the review with some rules changed."""
    assert submit(browser, f"{where}/edit").location == f"{where}/rules"
    answer = sent(browser, f"{where}/rules", **changes)
    assert answer.location == f"{where}/details", answer.location
    answer = sent(browser, f"{where}/details")
    assert answer.location == f"{where}/review"
    return browser.get(f"{where}/review")


def publish(browser: FlaskClient, where: str) -> TestResponse:
    """Press Publish changes on the review as it is shown now."""
    return submit(browser, f"{where}/review", do="publish", version=shown_version(browser, where))


def shown_version(browser: FlaskClient, where: str) -> str:
    """The version that the review was drawn from."""
    page = browser.get(f"{where}/review").get_data(as_text=True)
    found = re.search(r'name="version" value="(\d+)"', page)
    assert found, page
    return found[1]


def plain(answer: TestResponse) -> str:
    """The words of a page."""
    return re.sub(r"\s+", " ", unescape(re.sub(r"<[^>]+>", " ", answer.get_data(as_text=True))))


def test_nothing_changes_until_publish_and_the_review_says_what_changes(
    cafe: Shop, browser: FlaskClient, card: UUID
) -> None:
    where = address(cafe, card)
    before = stored(cafe, card)
    review = plain(begin(browser, where, punchesRequired="10"))
    assert "Punches required 8 → becomes 10" in review
    assert "Changes apply from now on. Nobody loses what they earned." in review
    assert "Endowed start" not in review, "what is only spelled out has not changed"
    assert stored(cafe, card) == before
    assert publish(browser, where).location == f"{where}/versions"
    after = stored(cafe, card)
    assert (after["programVersion"], after["ruleConfig"]["punchesRequired"]) == (2, 10)
    assert after["ruleConfig"] == {**before["ruleConfig"], "punchesRequired": 10}
    with unit_of_work(cafe.id):
        assert versions(card)[0]["changes"] == ["Punches required 8 → 10"]
    assert browser.get(f"{where}/rules").location == where, "the edit is over"


def test_the_review_tells_how_many_stand_where_and_who_gets_a_reward(
    cafe: Shop, browser: FlaskClient, card: UUID
) -> None:
    for name, visits in (("A", 6), ("B", 5), ("C", 4), ("D", 4)):
        member_id = join(cafe, name)
        for _ in range(visits):
            sell(cafe, member_id)
    review = plain(begin(browser, address(cafe, card), punchesRequired="5"))
    assert "2 people have 5 or more punches already: they get their reward with their next purchase" in review
    assert "2 people are 1 punch away from a reward; today it is 0." in review
    assert "4 members keep what is on their card." in review
    assert publish(browser, address(cafe, card)).status_code == 303
    with unit_of_work(cafe.id):
        assert program(card)["programVersion"] == 2
    full = join(cafe, "E")
    for _ in range(5):
        sell(cafe, full)
    assert "Rewards earned" in browser.get(address(cafe, card)).get_data(as_text=True)


def test_what_is_not_sound_leads_back_with_everything_typed(cafe: Shop, browser: FlaskClient, card: UUID) -> None:
    where = address(cafe, card)
    submit(browser, f"{where}/edit")
    answer = sent(browser, f"{where}/rules", punchesRequired="51")
    assert answer.location == f"{where}/rules?check=1"
    page = browser.get(answer.location)
    assert page.status_code == 422
    assert texts(browser, f"{where}/rules")["punchesRequired"] == "51"
    assert browser.get(f"{where}/review").location == f"{where}/rules?check=1"
    assert stored(cafe, card)["programVersion"] == 1


def test_the_rule_type_of_a_live_program_is_fixed(cafe: Shop, browser: FlaskClient, card: UUID) -> None:
    where = address(cafe, card)
    submit(browser, f"{where}/edit")
    assert submit(browser, f"{where}/type", ruleType="CASH_BACK").location == where
    assert f'href="{where}/type"' not in browser.get(f"{where}/rules").get_data(as_text=True)


def test_an_edit_is_kept_for_later_or_discarded(cafe: Shop, browser: FlaskClient, card: UUID) -> None:
    where = address(cafe, card)
    submit(browser, f"{where}/edit")
    assert sent(browser, f"{where}/rules", do="save", punchesRequired="9").location == where
    assert "Kept for you. Nothing is published yet." in plain(browser.get(where))
    assert "Go on with your changes" in plain(browser.get(f"{where}/versions"))
    submit(browser, f"{where}/edit")
    assert texts(browser, f"{where}/rules")["punchesRequired"] == "9"
    assert submit(browser, f"{where}/review", do="discard").location == where
    submit(browser, f"{where}/edit")
    assert texts(browser, f"{where}/rules")["punchesRequired"] == "8"


@pytest.mark.parametrize("action", [Action.PAUSE, Action.END])
def test_a_paused_program_can_be_changed_and_an_ended_one_cannot(
    cafe: Shop, browser: FlaskClient, card: UUID, action: Action
) -> None:
    where = address(cafe, card)
    with unit_of_work(cafe.id):
        move_program(card, action, actor=owner_of(cafe))
    if action is Action.END:
        assert submit(browser, f"{where}/edit").location == where
    else:
        begin(browser, where, punchesRequired="10")
        publish(browser, where)
        assert stored(cafe, card)["ruleConfig"]["punchesRequired"] == 10


def test_a_scheduled_program_starts_as_published(cafe: Shop, browser: FlaskClient) -> None:
    program_id = punch_card(cafe, startsAt="2099-01-01T00:00:00Z", isActive=True)
    where = address(cafe, program_id)
    begin(browser, where, punchesRequired="10")
    publish(browser, where)
    after = stored(cafe, program_id)
    assert (after["status"], after["programVersion"]) == ("SCHEDULED", 2)


def test_the_second_editor_sees_both_sides_and_loses_nothing(
    cafe: Shop, browser: FlaskClient, dana: FlaskClient, card: UUID
) -> None:
    where = address(cafe, card)
    begin(browser, where, punchesRequired="10", rewardDescription="A cake", categoryFilter="tea")
    begin(dana, where, punchesRequired="12", minimumPurchaseAmount="30")
    publish(dana, where)
    assert "Dana changed this" in plain(browser.get(f"{where}/rules"))
    conflict = plain(browser.get(f"{where}/review"))
    assert "Dana changed this just now." in conflict
    assert "Punches required Theirs 12 Yours 10" in conflict
    assert "Minimum purchase amount none → becomes 30" in conflict
    assert "Reward description A coffee on the house → becomes A cake" in conflict
    assert submit(browser, f"{where}/review", do="publish", version="3").location == f"{where}/review"
    assert stored(cafe, card)["ruleConfig"]["punchesRequired"] == 12, "nothing is published over her"
    version = shown_version(browser, where)
    answer = submit(browser, f"{where}/edit/settle", version=version, **{"keep.ruleConfig.punchesRequired": "mine"})
    assert answer.location == f"{where}/review"
    review = plain(browser.get(answer.location))
    assert "Punches required 12 → becomes 10" in review
    assert "Minimum purchase amount" not in review
    publish(browser, where)
    config = stored(cafe, card)["ruleConfig"]
    assert (config["punchesRequired"], config["minimumPurchaseAmount"]) == (10, 30)
    assert (config["rewardDescription"], config["categoryFilter"]) == ("A cake", "tea")


def test_theirs_can_be_taken(cafe: Shop, browser: FlaskClient, card: UUID) -> None:
    where = address(cafe, card)
    begin(browser, where, punchesRequired="10")
    with unit_of_work(cafe.id):
        config = {**PUNCH_CONFIG, "punchesRequired": 12}
        update_program(card, {"ruleConfig": config}, actor=owner_of(cafe))
    choice = {"keep.ruleConfig.punchesRequired": "theirs"}
    submit(browser, f"{where}/edit/settle", version=shown_version(browser, where), **choice)
    assert "What you have typed says the same as the program." in plain(browser.get(f"{where}/review"))


def test_a_pause_in_between_is_no_conflict_but_is_noticed(cafe: Shop, browser: FlaskClient, card: UUID) -> None:
    where = address(cafe, card)
    begin(browser, where, punchesRequired="10")
    seen = shown_version(browser, where)
    with unit_of_work(cafe.id):
        move_program(card, Action.PAUSE, actor=owner_of(cafe))
    assert submit(browser, f"{where}/review", do="publish", version=seen).location == f"{where}/review"
    assert publish(browser, where).location == f"{where}/versions"
    assert stored(cafe, card)["status"] == "PAUSED"


def test_an_old_version_comes_back_through_the_same_review(cafe: Shop, browser: FlaskClient, card: UUID) -> None:
    where = address(cafe, card)
    begin(browser, where, punchesRequired="10")
    publish(browser, where)
    assert submit(browser, f"{where}/versions/1/restore").location == f"{where}/review"
    assert "Punches required 10 → becomes 8" in plain(browser.get(f"{where}/review"))
    again = submit(browser, f"{where}/versions/1/restore")
    assert again.location == f"{where}/review", "an open edit is not overwritten"
    publish(browser, where)
    after = stored(cafe, card)
    assert (after["programVersion"], after["ruleConfig"]["punchesRequired"]) == (3, 8)


def test_the_api_refuses_a_change_of_what_has_moved_on(alma: Person, card: UUID) -> None:
    path = f"/loyalty/programs/{card}"
    version = alma.get(path).json["version"]
    assert alma.put(path, {"name": "First"}, If_Match=f'"{version}"').status_code == 200
    refused = alma.put(path, {"name": "Second"}, If_Match=f'"{version}"')
    assert (refused.status_code, refused.json["status"]) == (412, 412)
    assert alma.get(path).json["name"] == "First"


REVIEWS = {
    "AMOUNT_SPENT": ({"thresholdAmount": "50"}, "1 person has spent ₴50 or more already: they get their reward"),
    "POINTS_BASED": ({"redemptionRate": "10"}, "They are worth ₴6 instead of ₴3 from now on."),
    "TIER_BASED": (
        {"tiers.0.threshold.value": "50"},
        "1 person would rise with their next purchase, by what has counted in this period. Nobody falls by this change",
    ),
    "VISIT_FREQUENCY": ({"visitsRequired": "4"}, "Members keep the visits that no reward has used"),
    "CASH_BACK": ({"rates.0.ratePercent": "5"}, "Cash back that members have earned stays theirs"),
    "STAMP_CARD": ({"stampsRequired": "5"}, "1 member keeps what is on their card."),
}


@pytest.mark.parametrize("rule_type", REVIEWS)
def test_the_review_says_what_a_change_of_any_rule_means(cafe: Shop, browser: FlaskClient, rule_type: str) -> None:
    with unit_of_work(cafe.id):
        body = {"name": "Program", "ruleType": rule_type, "ruleConfig": start_config(rule_type, 150)}
        program_id = create_program({**body, "isActive": True}, actor=owner_of(cafe))
    sell(cafe, join(cafe, "Cleo"), "60.00")
    changes, words = REVIEWS[rule_type]
    where = address(cafe, program_id)
    review = plain(begin(browser, where, **changes))
    assert words in review
    assert publish(browser, where).location == f"{where}/versions"
    assert stored(cafe, program_id)["programVersion"] == 2


def test_dates_limits_and_places_are_changed_too(cafe: Shop, browser: FlaskClient, card: UUID) -> None:
    where = address(cafe, card)
    submit(browser, f"{where}/edit")
    changes = {"endsAt": "2099-12-24T17:00", "name": "Bean card", "blackoutDates": "2099-12-25", "budget.max": "50"}
    assert sent(browser, f"{where}/details", **changes).location == f"{where}/review"
    review = plain(browser.get(f"{where}/review"))
    for words in (
        "Name Coffee card → becomes Bean card",
        "End date none → becomes 24 Dec 2099, 17:00",
        "Blackout dates none → becomes 2099-12-25",
        "Budget none → becomes unit rewards, max 50, per month",
    ):
        assert words in review
    publish(browser, where)
    after = stored(cafe, card)
    assert (after["name"], after["programVersion"], after["budget"]["max"]) == ("Bean card", 2, 50)
    assert after["endsAt"].isoformat() == "2099-12-24T15:00:00+00:00"
