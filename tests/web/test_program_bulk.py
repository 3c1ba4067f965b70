"""One thing done to many programs from the list: what came of each, once more what failed, a word before the end."""

from __future__ import annotations

from uuid import UUID

import pytest
from flask.testing import FlaskClient
from werkzeug.test import TestResponse

from app.core.unit_of_work import unit_of_work
from app.domain.lifecycle import Action
from app.queries.program_totals import program_counts
from app.services import bulk_runs
from app.services.program_lifecycle import move_program
from tests.factories.businesses import Shop
from tests.factories.people import Person, form_token, submit
from tests.factories.programs import owner_of, punch_card
from tests.factories.trade import activated, live_punch_card
from tests.web.test_programs import status


@pytest.fixture
def bulk(cafe: Shop) -> str:
    """Where many programs are moved."""
    return f"/b/{cafe.slug}/programs/bulk"


@pytest.fixture
def browser(alma: Person) -> FlaskClient:
    """Alma's browser."""
    return alma.browser()


def send(browser: FlaskClient, path: str, **fields: object) -> TestResponse:
    """Send a form whose fields may have several values."""
    return browser.post(path, data={"csrf_token": form_token(browser), **fields})


def shown(browser: FlaskClient, answer: TestResponse) -> str:
    """The page that an answer leads to."""
    assert answer.status_code == 303
    return browser.get(answer.location).get_data(as_text=True)


def test_picked_programs_are_paused_and_the_others_say_why_not(cafe: Shop, browser: FlaskClient, bulk: str) -> None:
    live = [live_punch_card(cafe, name=f"Card {number}") for number in range(3)]
    ended = live_punch_card(cafe, name="Old card")
    with unit_of_work(cafe.id):
        move_program(ended, Action.END, actor=owner_of(cafe))
    page = shown(browser, send(browser, bulk, action="pause", ids=[*live, ended]))
    assert "3 paused, 1 skipped: already ended" in page
    assert "Old card" in page
    assert "Duplicate it to start anew" in page
    assert [status(cafe, each) for each in live] == ["PAUSED"] * 3


def test_what_failed_is_tried_again_alone(cafe: Shop, browser: FlaskClient, bulk: str) -> None:
    live, draft = live_punch_card(cafe, name="Live card"), punch_card(cafe, name="Draft card")
    first = send(browser, bulk, action="pause", ids=[live, draft])
    assert "1 paused, 1 skipped: still a draft" in shown(browser, first)
    activated(cafe, draft)
    run = first.location.partition("?")[0]
    assert "1 paused" in shown(browser, send(browser, f"{run}/retry"))
    assert status(cafe, draft) == "PAUSED"


def test_all_that_match_are_moved_also_those_of_other_pages(cafe: Shop, browser: FlaskClient, bulk: str) -> None:
    for number in range(24):
        live_punch_card(cafe, name=f"Winter card {number}")
    other = live_punch_card(cafe, name="Summer card")
    answer = send(browser, bulk, action="pause", all="1", q="winter", status="active")
    page = shown(browser, answer)
    assert "24 paused" in page
    assert f'href="/b/{cafe.slug}/programs?q=winter&amp;status=active"' in page
    assert status(cafe, other) == "ACTIVE"


@pytest.mark.parametrize(("action", "after"), [("end", "ENDED"), ("delete", None)])
def test_ending_and_deleting_many_ask_for_a_word(
    cafe: Shop, browser: FlaskClient, bulk: str, action: str, after: str | None
) -> None:
    ids = [live_punch_card(cafe, name=f"Card {number}") for number in range(2)]
    asked = send(browser, bulk, action=action, ids=ids)
    assert asked.status_code == 200
    assert f"Type {action} to go on" in asked.get_data(as_text=True)
    refused = send(browser, bulk, action=action, ids=ids, confirm_word="yes")
    assert refused.status_code == 422
    assert "<title>Error: " in refused.get_data(as_text=True)
    assert status(cafe, ids[0]) == "ACTIVE"
    done = shown(browser, send(browser, bulk, action=action, ids=ids, confirm_word=action.upper()))
    assert f"2 {'ended' if action == 'end' else 'deleted'}" in done
    with unit_of_work(cafe.id):
        totals = program_counts()
    assert {each.value: total for each, total in totals.items() if total} == ({after: 2} if after else {})


def test_copies_are_drafts(cafe: Shop, browser: FlaskClient, bulk: str) -> None:
    ids = [live_punch_card(cafe, name=name) for name in ("One", "Two")]
    assert "2 duplicated" in shown(browser, send(browser, bulk, action="duplicate", ids=ids))
    page = browser.get(f"/b/{cafe.slug}/programs?status=draft").get_data(as_text=True)
    assert "Copy of One" in page
    assert "Copy of Two" in page


def test_picked_programs_are_exported_alone(cafe: Shop, browser: FlaskClient, bulk: str) -> None:
    wanted, _ = punch_card(cafe, name="Wanted"), punch_card(cafe, name="Other")
    answer = send(browser, bulk, action="export", ids=[wanted])
    text = answer.get_data().decode("utf-8-sig")
    assert answer.mimetype == "text/csv"
    assert "Wanted" in text
    assert "Other" not in text


@pytest.mark.parametrize("fields", [{"action": "pause"}, {"action": "odd", "ids": ["x"]}, {"ids": ["no id"]}])
def test_nothing_picked_is_said(browser: FlaskClient, bulk: str, fields: dict[str, object]) -> None:
    answer = send(browser, bulk, **fields)
    assert answer.status_code == 422
    assert "Select at least one program" in answer.get_data(as_text=True)


def test_what_takes_long_goes_on_piece_by_piece_with_a_bar(
    cafe: Shop, browser: FlaskClient, bulk: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(bulk_runs, "_PIECE", 2)
    monkeypatch.setattr("app.web.business.programs.bulk_views._FIRST_SECONDS", 0.0)
    monkeypatch.setattr("app.web.business.programs.bulk_views._NEXT_SECONDS", 0.0)
    ids = [live_punch_card(cafe, name=f"Card {number}") for number in range(5)]
    answer = send(browser, bulk, action="pause", ids=ids)
    run = answer.location.partition("?")[0]
    page = shown(browser, answer)
    assert 'value="2" max="5"' in " ".join(page.split())
    assert "2 paused so far" in page
    plain = shown(browser, send(browser, f"{run}/continue"))
    assert 'value="4" max="5"' in " ".join(plain.split())
    token = form_token(browser)
    part = browser.post(f"{run}/continue", data={"csrf_token": token}, headers={"HX-Request": "true"})
    assert part.get_data(as_text=True).lstrip().startswith('<section id="run"')
    assert "5 paused" in part.get_data(as_text=True)
    again = send(browser, f"{run}/continue")
    assert "5 paused" in shown(browser, again)
    assert [status(cafe, each) for each in ids] == ["PAUSED"] * 5


def test_nobody_moves_or_sees_another_s(cafe: Shop, dora: Person, ben: Person, bulk: str, alma: Person) -> None:
    card = live_punch_card(cafe)
    stranger = dora.browser()
    answer = send(stranger, f"/b/{dora.slug}/programs/bulk", action="pause", ids=[card])
    assert "0 paused, 1 skipped: no longer there" in shown(stranger, answer)
    run = send(alma.browser(), bulk, action="resume", ids=[card]).location.rpartition("/")[2].partition("?")[0]
    assert stranger.get(f"/b/{dora.slug}/programs/bulk/{UUID(run)}").status_code == 404
    assert submit(stranger, f"/b/{dora.slug}/programs/bulk/{run}/retry").status_code == 404
    assert send(ben.browser(), bulk, action="pause", ids=[card]).status_code == 403
    assert status(cafe, card) == "ACTIVE"
