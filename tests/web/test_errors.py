"""A form that could not be saved is not lost: the error's page holds it and sends it again."""

from __future__ import annotations

import re
from html import unescape
from typing import NoReturn

import pytest
from sqlalchemy.exc import OperationalError

from app.web.business.members import views as members
from tests.factories.businesses import Shop
from tests.factories.people import Person, submit

HIDDEN = re.compile(r'<input type="hidden" name="([^"]+)" value="([^"]*)">')


def database_is_away(*_: object, **__: object) -> NoReturn:
    raise OperationalError("INSERT", {}, OSError("the server is away"))


def broken(*_: object, **__: object) -> NoReturn:
    raise KeyError("a mistake of ours")


@pytest.mark.parametrize(("failure", "status"), [(database_is_away, 503), (broken, 500)])
def test_what_was_typed_is_on_the_page_and_can_be_sent_again(
    cafe: Shop, alma: Person, monkeypatch: pytest.MonkeyPatch, failure: object, status: int
) -> None:
    browser, address = alma.browser(), f"/b/{cafe.slug}/members/new"
    with monkeypatch.context() as broken_for_a_while:
        broken_for_a_while.setattr(members, "create_member", failure)
        answer = submit(browser, address, name='Cleo "Clé" <Marsh>', phone="067 123 45 67")
    page = answer.get_data(as_text=True)
    assert answer.status_code == status
    assert "We could not save" in page
    assert "Your changes are on this page. Try again." in page
    assert f'action="{address}?"' in page or f'action="{address}"' in page
    fields = {name: unescape(value) for name, value in HIDDEN.findall(page)}
    assert fields["name"] == 'Cleo "Clé" <Marsh>'
    again = browser.post(address, data=fields)
    assert again.status_code == 303
    assert "Cleo" in browser.get(f"/b/{cafe.slug}/members").get_data(as_text=True)


def test_a_form_with_a_secret_is_never_written_into_a_page(
    cafe: Shop, alma: Person, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(members, "create_member", broken)
    answer = submit(
        alma.browser(), f"/b/{cafe.slug}/members/new", name="Cleo", phone="067 123 45 67", password="very secret"
    )
    page = answer.get_data(as_text=True)
    assert answer.status_code == 500
    assert "very secret" not in page
    assert "Sorry, there is a problem with the service" in page
