"""Invitations: a mail with a link that works once, for seven days, and only the newest one."""

from __future__ import annotations

import email
import email.policy
import re
from collections.abc import Iterator
from datetime import timedelta
from pathlib import Path
from threading import Thread
from uuid import UUID

import pytest
from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy import select

from app.adapters.mailer import FolderMailer
from app.core import clock
from app.core.unit_of_work import session, unit_of_work
from app.domain.errors import Conflict, NotFound
from app.jobs.notifications import send_messages
from app.models.message import Message
from app.queries.audit import AuditFilter, audit_slice
from app.queries.staff import open_invitations, staff_page
from app.services.invitations import accept_invitation, invite_staff, resend_invitation, revoke_invitation
from tests.factories.businesses import Shop, address
from tests.factories.people import PASSWORD, Person, submit
from tests.factories.programs import owner_of


@pytest.fixture
def mails(app: Flask, tmp_path: Path) -> Iterator[Path]:
    """The folder that mails land in."""
    usual = app.extensions["mailer"]
    app.extensions["mailer"] = FolderMailer(tmp_path, "regulars@example.com")
    yield tmp_path
    app.extensions["mailer"] = usual


def _invite(shop: Shop, to: str, role: str = "manager") -> UUID:
    with unit_of_work(shop.id):
        return invite_staff(to, "Ben", role, owner_of(shop))


def _links(shop: Shop, mails: Path) -> list[str]:
    """Send what waits, and return the path of each mail's link, the oldest first."""
    send_messages(str(shop.id))
    texts = []
    for file in sorted(mails.glob("*.eml")):
        body = email.message_from_bytes(file.read_bytes(), policy=email.policy.default).get_body(("plain",))
        texts.append(body.get_content())
    return [re.findall(r"(/b/\S+/invitation/\S+)", text)[0] for text in texts]


def test_an_invited_person_chooses_a_password_and_is_signed_in(cafe: Shop, mails: Path, client: FlaskClient) -> None:
    to = address("ben")
    _invite(cafe, to)
    [link] = _links(cafe, mails)
    [file] = mails.glob("*.eml")
    mail = email.message_from_bytes(file.read_bytes(), policy=email.policy.default)
    assert mail["To"] == to
    assert mail["Subject"].endswith("invites you to Café Alma")
    shown = client.get(link).get_data(as_text=True)
    assert to in shown
    answer = submit(client, link, name="Ben Marsh", password=PASSWORD)
    assert (answer.status_code, answer.location) == (303, f"/b/{cafe.slug}/")
    assert client.get(answer.location).status_code == 200
    with unit_of_work(cafe.id):
        people = {row["email"]: (row["name"], row["role"]) for row in staff_page(None, 20).rows}
        assert people[to] == ("Ben Marsh", "manager")
        assert open_invitations() == []
        actions = [row["action"] for row in audit_slice(AuditFilter()).rows]
        assert actions[:3] == ["invitation.accepted", "staff.added", "invitation.sent"]


def test_staff_come_to_the_till(cafe: Shop, mails: Path, client: FlaskClient) -> None:
    _invite(cafe, address("ben"), "staff")
    [link] = _links(cafe, mails)
    assert submit(client, link, name="Ben", password=PASSWORD).location.startswith(f"/b/{cafe.slug}/till")


def test_a_link_works_once(cafe: Shop, mails: Path, client: FlaskClient, app: Flask) -> None:
    _invite(cafe, address("ben"))
    [link] = _links(cafe, mails)
    assert submit(client, link, name="Ben", password=PASSWORD).status_code == 303
    again = app.test_client()
    assert again.get(link).status_code == 404
    assert submit(again, link, name="Eve", password=PASSWORD).status_code == 404


def test_two_at_once_accept_it_once(cafe: Shop, mails: Path, in_app: Flask) -> None:
    _invite(cafe, address("ben"))
    [link] = _links(cafe, mails)
    token, ends = link.rpartition("/")[2], []

    def accept() -> None:
        with in_app.app_context():
            try:
                with unit_of_work(cafe.id):
                    accept_invitation(token, "Ben", PASSWORD)
                ends.append("in")
            except NotFound:
                ends.append("late")

    both = [Thread(target=accept) for _ in range(4)]
    for one in both:
        one.start()
    for one in both:
        one.join()
    assert sorted(ends) == ["in", "late", "late", "late"]


@pytest.mark.parametrize(("days", "status"), [(6.9, 200), (7.1, 404)])
def test_a_link_is_over_after_seven_days(
    cafe: Shop, mails: Path, client: FlaskClient, days: float, status: int
) -> None:
    _invite(cafe, address("ben"))
    [link] = _links(cafe, mails)
    with clock.frozen(clock.now() + timedelta(days=days)):
        assert client.get(link).status_code == status


def test_sent_again_only_the_newest_link_opens(cafe: Shop, mails: Path, client: FlaskClient) -> None:
    invitation_id = _invite(cafe, address("ben"))
    [first] = _links(cafe, mails)
    with unit_of_work(cafe.id):
        resend_invitation(invitation_id, owner_of(cafe))
    newest = next(link for link in _links(cafe, mails) if link != first)
    assert (client.get(first).status_code, client.get(newest).status_code) == (404, 200)


def test_a_revoked_link_opens_no_more_and_the_address_may_be_invited_anew(
    cafe: Shop, mails: Path, client: FlaskClient
) -> None:
    to = address("ben")
    invitation_id = _invite(cafe, to)
    [link] = _links(cafe, mails)
    with unit_of_work(cafe.id):
        revoke_invitation(invitation_id, owner_of(cafe))
    assert client.get(link).status_code == 404
    with pytest.raises(NotFound), unit_of_work(cafe.id):
        resend_invitation(invitation_id, owner_of(cafe))
    _invite(cafe, to)


def test_a_link_of_one_business_opens_no_other(cafe: Shop, florist: Shop, mails: Path, client: FlaskClient) -> None:
    _invite(cafe, address("ben"))
    [link] = _links(cafe, mails)
    assert client.get(link.replace(cafe.slug, florist.slug)).status_code == 404
    good = link.rpartition("/")[2]
    forged = good[:-5] + ("A" if good[-5] != "A" else "B") + good[-4:]
    for token in ("", "x", "A" * 46, forged):
        assert client.get(f"/b/{cafe.slug}/invitation/{token}").status_code == 404


def test_whoever_has_an_account_joins_with_its_password_and_keeps_it(
    cafe: Shop, dora: Person, mails: Path, client: FlaskClient
) -> None:
    _invite(cafe, dora.email)
    [link] = _links(cafe, mails)
    assert "You have an account" in client.get(link).get_data(as_text=True)
    refused = submit(client, link, name="Dora", password="a password of somebody else")
    assert refused.status_code == 422
    assert "This is not the password of your account" in refused.get_data(as_text=True)
    assert submit(client, link, name="Dora", password=PASSWORD).status_code == 303
    assert client.get(f"/b/{cafe.slug}/").status_code == 200
    assert client.get(f"/b/{dora.slug}/").status_code == 200


def test_nobody_is_invited_twice_or_when_they_work_here(cafe: Shop, ben: Person) -> None:
    to = address("ben")
    _invite(cafe, to)
    with pytest.raises(Conflict, match="has an invitation already"):
        _invite(cafe, to.upper())
    with pytest.raises(Conflict, match="works here already"):
        _invite(cafe, ben.email)


def test_a_weak_password_or_no_name_is_refused_and_the_name_is_kept(
    cafe: Shop, mails: Path, client: FlaskClient
) -> None:
    _invite(cafe, address("ben"))
    [link] = _links(cafe, mails)
    page = submit(client, link, name="Ben <3", password="password1").get_data(as_text=True)
    assert "Password is too easy to guess" in page
    assert 'value="Ben &lt;3"' in page
    assert "Enter your name" in submit(client, link, name=" ", password=PASSWORD).get_data(as_text=True)


def test_no_row_holds_the_secret_of_a_link(cafe: Shop, mails: Path) -> None:
    _invite(cafe, address("ben"))
    [link] = _links(cafe, mails)
    with unit_of_work(cafe.id):
        rows = session().scalars(select(Message)).all()
        assert link.rpartition("/")[2] not in str([vars(row) for row in rows])
