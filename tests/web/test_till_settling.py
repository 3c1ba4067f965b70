"""A result that comes within a moment stands on the first page; whoever may not wait is told that it is counted."""

from __future__ import annotations

import threading
import time
from contextlib import ExitStack
from datetime import timedelta
from typing import NoReturn

import pytest
from flask import Flask
from flask.testing import FlaskClient

from app.core.waiting_places import place
from app.web.till import settling
from tests.factories.businesses import Shop
from tests.factories.people import Person, submit
from tests.factories.trade import join, live_punch_card, settle
from tests.web.test_till import form_of

COUNTING = "Counting"


@pytest.fixture
def browser(ben: Person, cafe: Shop) -> FlaskClient:
    """Ben at the till, where a card is live."""
    live_punch_card(cafe)
    return ben.browser()


def _recorded(browser: FlaskClient, shop: Shop) -> str:
    """Record a purchase; where its result will be."""
    till = f"/b/{shop.slug}/till"
    form = form_of(browser, till, join(shop, "Cleo Marsh"))
    location: str = submit(browser, f"{till}/purchases", **form, amount="42,50").location
    return location


def _refuse(_seconds: float) -> NoReturn:
    raise AssertionError("It waits")


def test_a_result_that_comes_meanwhile_is_on_the_first_page(
    in_app: Flask, cafe: Shop, browser: FlaskClient, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(settling, "PATIENCE", timedelta(seconds=60))
    result, asked = _recorded(browser, cafe), threading.Event()
    sleep = time.sleep

    def note(seconds: float) -> None:
        asked.set()
        sleep(seconds)

    def work() -> None:
        assert asked.wait(60)
        with in_app.app_context():
            settle(cafe)

    monkeypatch.setattr(time, "sleep", note)
    worker = threading.Thread(target=work)
    worker.start()
    page = browser.get(result).get_data(as_text=True)
    worker.join()
    assert "Cleo: 1 of 3" in page
    assert COUNTING not in page


def test_after_the_patience_the_page_is_answered_and_asks_itself(
    cafe: Shop, browser: FlaskClient, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(settling, "PATIENCE", timedelta(0))
    monkeypatch.setattr(time, "sleep", _refuse)
    page = browser.get(_recorded(browser, cafe)).get_data(as_text=True)
    assert COUNTING in page
    assert 'hx-trigger="every 300ms"' in page


def test_nobody_waits_where_half_of_the_threads_do(
    in_app: Flask, cafe: Shop, browser: FlaskClient, monkeypatch: pytest.MonkeyPatch
) -> None:
    result = _recorded(browser, cafe)
    monkeypatch.setattr(settling, "PATIENCE", timedelta(seconds=60))
    monkeypatch.setattr(time, "sleep", _refuse)
    with ExitStack() as others, in_app.app_context():
        while others.enter_context(place()):
            pass
        assert COUNTING in browser.get(result).get_data(as_text=True)
