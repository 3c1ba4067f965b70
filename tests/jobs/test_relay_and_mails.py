"""Facts become mails: once each, alone in their failure, and due again as long as anything is open."""

from __future__ import annotations

import email
import email.policy
import threading
from collections.abc import Iterator
from datetime import datetime, timedelta
from email.message import EmailMessage
from pathlib import Path
from uuid import UUID

import pytest
from flask import Flask
from sqlalchemy import select, update

from app.adapters.mailer import FolderMailer
from app.core import clock
from app.core.unit_of_work import platform_session, session, unit_of_work
from app.domain.actor import SYSTEM
from app.domain.lifecycle import Action
from app.jobs.notifications import send_messages
from app.jobs.relay import relay_events
from app.models.business import Business
from app.models.due import Due
from app.models.message import Message
from app.services import notifications, relay
from app.services.enrollment import enroll
from app.services.members import create_member
from app.services.program_lifecycle import move_program
from tests.factories.businesses import Shop
from tests.factories.programs import owner_of, punch_card


@pytest.fixture
def mails(app: Flask, tmp_path: Path) -> Iterator[Path]:
    """The folder that mails land in."""
    usual = app.extensions["mailer"]
    app.extensions["mailer"] = FolderMailer(tmp_path, "regulars@example.com")
    yield tmp_path
    app.extensions["mailer"] = usual


def test_whoever_takes_part_is_welcomed_once_however_often_the_events_are_relayed(cafe: Shop, mails: Path) -> None:
    member_id = _join(cafe, "cleo@example.com")
    with unit_of_work(cafe.id):
        enroll(member_id, _open_card(cafe), actor=SYSTEM)
    relay_events(str(cafe.id))
    relay_events(str(cafe.id))
    send_messages(str(cafe.id))
    send_messages(str(cafe.id))
    [mail] = _read(mails)
    assert (mail["To"], mail["Subject"]) == ("cleo@example.com", "Your card at Café Alma is ready")
    assert mail["From"] == "Café Alma <regulars@example.com>"
    text, html = mail.get_body(("plain",)), mail.get_body(("html",))
    assert text is not None
    assert html is not None
    for part in (text.get_content(), html.get_content()):
        assert f"/m/{cafe.slug}/card/" in part
        assert "Coffee card" in part
    assert "#7f3b1c" in html.get_content()
    assert _due(cafe, "relay") + _due(cafe, "notifications") == []


def test_a_business_whose_name_looks_like_a_header_still_sends(cafe: Shop, mails: Path) -> None:
    with unit_of_work(cafe.id):
        session().execute(update(Business).where(Business.id == cafe.id).values(name='Alma, "Best" <coffee>'))
    _join(cafe, "cleo@example.com")
    relay_events(str(cafe.id))
    send_messages(str(cafe.id))
    [mail] = _read(mails)
    [sender] = mail["From"].addresses
    assert (sender.display_name, sender.addr_spec) == ('Alma, "Best" <coffee>', "regulars@example.com")


def test_members_without_an_address_are_passed_over_for_good(cafe: Shop, mails: Path) -> None:
    _join(cafe, None)
    relay_events(str(cafe.id))
    send_messages(str(cafe.id))
    assert _states(cafe) == ["skipped"]
    assert _read(mails) == []
    assert _due(cafe, "notifications") == []


def test_a_mail_that_cannot_be_written_fails_alone(cafe: Shop, mails: Path) -> None:
    _join(cafe, "broken@example.com")
    _join(cafe, "cleo@example.com")
    relay_events(str(cafe.id))
    with unit_of_work(cafe.id):
        first = select(Message.id).order_by(Message.id).limit(1).scalar_subquery()
        session().execute(update(Message).where(Message.id == first).values(kind="reward_earned"))
    with clock.frozen(clock.now()):
        send_messages(str(cafe.id))
        [again_at] = _due(cafe, "notifications")
        assert clock.now() < again_at <= clock.now() + notifications.PAUSES[0]
    assert _states(cafe) == ["waiting", "sent"]
    assert [mail["To"] for mail in _read(mails)] == ["cleo@example.com"]


def test_messages_that_a_dead_worker_had_claimed_are_due_when_its_lease_is_over(cafe: Shop, mails: Path) -> None:
    _join(cafe, "cleo@example.com")
    relay_events(str(cafe.id))
    with clock.frozen(clock.now()):
        with unit_of_work(cafe.id):
            assert len(notifications.claim_messages()) == 1
        send_messages(str(cafe.id))
        send_messages(str(cafe.id))
        assert _states(cafe) == ["sending"]
        [due_at] = _due(cafe, "notifications")
        assert clock.now() + timedelta(seconds=50) < due_at <= clock.now() + notifications.LEASE
    with clock.frozen(due_at + timedelta(seconds=1)):
        send_messages(str(cafe.id))
    assert _states(cafe) == ["sent"]
    assert len(_read(mails)) == 1


def test_a_claim_that_was_taken_over_settles_nothing(cafe: Shop, mails: Path) -> None:
    _join(cafe, "cleo@example.com")
    relay_events(str(cafe.id))
    with unit_of_work(cafe.id):
        [first] = notifications.claim_messages()
    with clock.frozen(clock.now() + timedelta(minutes=2)), unit_of_work(cafe.id):
        [second] = notifications.claim_messages()
    with unit_of_work(cafe.id):
        notifications.settle_message(first, "too late")
    assert _states(cafe) == ["sending"]
    with unit_of_work(cafe.id):
        notifications.settle_message(second, "")
    assert _states(cafe) == ["sent"]


def test_a_message_that_ends_its_worker_every_time_is_buried_unsent(cafe: Shop, mails: Path) -> None:
    _join(cafe, "cleo@example.com")
    relay_events(str(cafe.id))
    at = clock.now()
    for _ in range(notifications.LAST_ATTEMPT):
        with clock.frozen(at), unit_of_work(cafe.id):
            assert len(notifications.claim_messages()) == 1
        at += timedelta(minutes=2)
    with clock.frozen(at):
        send_messages(str(cafe.id))
    assert _states(cafe) == ["dead"]
    assert _read(mails) == []


def test_events_that_another_relay_holds_stay_due_in_case_it_dies(app: Flask, cafe: Shop, mails: Path) -> None:
    _join(cafe, "cleo@example.com")
    held, dying = threading.Event(), threading.Event()

    def other() -> None:
        with app.app_context(), pytest.raises(LookupError), unit_of_work(cafe.id):
            assert relay.relay_events() == 2, "the program went live, and a member joined it"
            held.set()
            dying.wait(60)
            raise LookupError("it dies before its commit")

    thread = threading.Thread(target=other)
    thread.start()
    assert held.wait(60)
    relay_events(str(cafe.id))
    dying.set()
    thread.join()
    assert len(_due(cafe, "relay")) == 1
    relay_events(str(cafe.id))
    assert _states(cafe) == ["waiting"]
    assert _due(cafe, "relay") == []


def _open_card(shop: Shop) -> UUID:
    program_id = punch_card(shop)
    with unit_of_work(shop.id):
        move_program(program_id, Action.ACTIVATE, actor=owner_of(shop))
    return program_id


def _join(shop: Shop, address: str | None) -> UUID:
    """Make a member who takes part in a program of their own."""
    program_id = _open_card(shop)
    with unit_of_work(shop.id):
        member_id = create_member({"name": "Cleo", "email": address}, actor=owner_of(shop))
        enroll(member_id, program_id, actor=SYSTEM)
    return member_id


def _states(shop: Shop) -> list[str]:
    with unit_of_work(shop.id):
        return list(session().scalars(select(Message.state).order_by(Message.id)))


def _due(shop: Shop, kind: str) -> list[datetime]:
    with platform_session():
        return list(session().scalars(select(Due.due_at).where(Due.business_id == shop.id, Due.kind == kind)))


def _read(folder: Path) -> list[EmailMessage]:
    files = sorted(folder.glob("*.eml"))
    return [email.message_from_bytes(file.read_bytes(), policy=email.policy.default) for file in files]
