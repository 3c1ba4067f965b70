"""A member stops the mails by the link in each of them: in one click, without signing in, and back again."""

from __future__ import annotations

import email
import email.policy
from collections.abc import Iterator
from email.message import EmailMessage
from pathlib import Path
from urllib.parse import urlsplit
from uuid import UUID

import pytest
from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy import select

from app.adapters.mailer import FolderMailer
from app.core.ids import new_id
from app.core.unit_of_work import unit_of_work
from app.core.unsubscribe_links import unsubscribe_token
from app.jobs.notifications import send_messages
from app.jobs.relay import relay_events
from app.models.message import Message
from app.services.messages import Recipient, write_message
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


def test_one_click_stops_the_topic_of_the_mail_and_no_other(cafe: Shop, client: FlaskClient, mails: Path) -> None:
    live_punch_card(cafe)
    cleo = join(cafe, "Cleo", email="cleo@example.com")
    for _ in range(3):
        sell(cafe, cleo)
    path = urlsplit(str(_sent(cafe, mails)[-1]["List-Unsubscribe"]).strip("<>")).path
    assert path.endswith("/rewards")
    assert "Stop e-mails about rewards" in client.get(path).text
    page = client.post(path, data={"List-Unsubscribe": "One-Click"}).text
    assert "No more e-mails about rewards" in page
    assert "Stop all e-mails from Café Alma" in page
    before = len(_sent(cafe, mails))
    for _ in range(3):
        sell(cafe, cleo)
    assert len(_sent(cafe, mails)) == before, "nothing about the second reward"
    _warned_of_points(cafe, cleo)
    assert "points_expiring" in _kinds(cafe), "the other topics go on"
    assert len(_sent(cafe, mails)) == before + 1
    client.post(path, data={"again": "yes"})
    for _ in range(3):
        sell(cafe, cleo)
    assert len(_sent(cafe, mails)) == before + 2
    stop_all = path.removesuffix("/rewards")
    assert "writes to you no more" in client.post(stop_all).text
    for _ in range(3):
        sell(cafe, cleo)
    assert len(_sent(cafe, mails)) == before + 2


def test_a_topic_that_there_is_not_has_no_page(cafe: Shop, client: FlaskClient) -> None:
    path = f"/m/{cafe.slug}/no-mail/{unsubscribe_token(cafe.id, join(cafe, 'Cleo'))}"
    assert client.post(f"{path}/codes").status_code == 404


def test_a_link_that_we_did_not_make_is_nobody_s(cafe: Shop, florist: Shop, client: FlaskClient) -> None:
    cleo = join(cafe, "Cleo")
    token = unsubscribe_token(cafe.id, cleo)
    changed = f"{token[:-2]}{'B' if token[-2] == 'A' else 'A'}{token[-1]}"
    assert client.post(f"/m/{florist.slug}/no-mail/{token}").status_code == 404
    assert client.post(f"/m/{cafe.slug}/no-mail/{changed}").status_code == 404
    assert client.post(f"/m/{cafe.slug}/no-mail/{unsubscribe_token(cafe.id, new_id())}").status_code == 404
    assert client.post(f"/m/{cafe.slug}/no-mail/nonsense").status_code == 404


def _warned_of_points(cafe: Shop, member_id: UUID) -> None:
    """What the job leaves for points that run out."""
    with unit_of_work(cafe.id):
        told = {"points": 80, "lastDay": "2027-06-01", "days": 7}
        write_message("points_expiring", Recipient(member_id=member_id), "once", told)


def _kinds(cafe: Shop) -> set[str]:
    with unit_of_work(cafe.id) as current:
        return set(current.scalars(select(Message.kind)))


def _sent(cafe: Shop, folder: Path) -> list[EmailMessage]:
    relay_events(str(cafe.id))
    send_messages(str(cafe.id))
    files = sorted(folder.glob("*.eml"))
    return [email.message_from_bytes(file.read_bytes(), policy=email.policy.default) for file in files]
