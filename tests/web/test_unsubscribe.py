"""A member stops the mails by the link in each of them: in one click, without signing in, and back again."""

from __future__ import annotations

import email
import email.policy
from collections.abc import Iterator
from email.message import EmailMessage
from pathlib import Path
from urllib.parse import urlsplit

import pytest
from flask import Flask
from flask.testing import FlaskClient

from app.adapters.mailer import FolderMailer
from app.core.ids import new_id
from app.core.unsubscribe_links import unsubscribe_token
from app.jobs.notifications import send_messages
from app.jobs.relay import relay_events
from tests.factories.businesses import Shop
from tests.factories.trade import join, live_punch_card, sell


@pytest.fixture
def mails(app: Flask, tmp_path: Path) -> Iterator[Path]:
    """The folder that mails land in."""
    usual = app.extensions["mailer"]
    app.extensions["mailer"] = FolderMailer(tmp_path, "regulars@example.com")
    yield tmp_path
    app.extensions["mailer"] = usual


def test_one_click_of_a_mail_program_stops_the_mails(cafe: Shop, client: FlaskClient, mails: Path) -> None:
    live_punch_card(cafe)
    cleo = join(cafe, "Cleo", email="cleo@example.com")
    sell(cafe, cleo)
    [mail] = _sent(cafe, mails)
    url = str(mail["List-Unsubscribe"]).strip("<>")
    assert mail["List-Unsubscribe-Post"] == "List-Unsubscribe=One-Click"
    text, html = mail.get_body(("plain",)), mail.get_body(("html",))
    assert text is not None and html is not None
    assert url in text.get_content() and url in html.get_content()
    answer = client.post(urlsplit(url).path, data={"List-Unsubscribe": "One-Click"})
    assert answer.status_code == 200
    for _ in range(2):
        sell(cafe, cleo)
    assert len(_sent(cafe, mails)) == 1, "the reward's mail is not sent any more"


def test_looking_at_the_link_stops_nothing_and_the_button_can_be_taken_back(cafe: Shop, client: FlaskClient) -> None:
    path = f"/m/{cafe.slug}/no-mail/{unsubscribe_token(cafe.id, join(cafe, 'Cleo', email='c@example.com'))}"
    assert "Stop e-mails from Café Alma?" in client.get(path).text
    assert "Stop e-mails from Café Alma?" in client.get(path).text
    assert "No more e-mails" in client.post(path).text
    assert "No more e-mails" in client.post(path).text
    assert "Stop e-mails from" in client.post(path, data={"again": "yes"}).text


def test_a_link_that_we_did_not_make_is_nobody_s(cafe: Shop, florist: Shop, client: FlaskClient) -> None:
    cleo = join(cafe, "Cleo")
    token = unsubscribe_token(cafe.id, cleo)
    assert client.post(f"/m/{florist.slug}/no-mail/{token}").status_code == 404
    assert client.post(f"/m/{cafe.slug}/no-mail/{token[:-2]}AA").status_code == 404
    assert client.post(f"/m/{cafe.slug}/no-mail/{unsubscribe_token(cafe.id, new_id())}").status_code == 404
    assert client.post(f"/m/{cafe.slug}/no-mail/nonsense").status_code == 404


def _sent(cafe: Shop, folder: Path) -> list[EmailMessage]:
    relay_events(str(cafe.id))
    send_messages(str(cafe.id))
    files = sorted(folder.glob("*.eml"))
    return [email.message_from_bytes(file.read_bytes(), policy=email.policy.default) for file in files]
