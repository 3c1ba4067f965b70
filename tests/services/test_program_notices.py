"""Who is told that a program has started, has ended, or is about to be worth nothing: once each, and nobody else."""

from __future__ import annotations

import email
import email.policy
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from email.message import EmailMessage
from pathlib import Path

import pytest
from flask import Flask
from sqlalchemy import select, update

from app.adapters.mailer import FolderMailer
from app.core import clock
from app.core.unit_of_work import session, unit_of_work
from app.domain.lifecycle import Action
from app.jobs.lifecycle import announce_programs, tell_participants
from app.jobs.notifications import send_messages
from app.jobs.relay import relay_events
from app.models.membership import Membership
from app.models.message import Message
from app.services import program_notices
from app.services.messages import Recipient, write_message
from app.services.program_lifecycle import move_program
from tests.factories.businesses import Shop, hire
from tests.factories.programs import owner_of, punch_card
from tests.factories.trade import activated, join, live_punch_card, sell

NOON = datetime(2026, 5, 4, 12, tzinfo=UTC)
DAY = timedelta(days=1)
WARNING = NOON + 83 * DAY


@pytest.fixture
def mails(app: Flask, tmp_path: Path) -> Iterator[Path]:
    """The folder that mails land in."""
    usual = app.extensions["mailer"]
    app.extensions["mailer"] = FolderMailer(tmp_path, "regulars@example.com")
    yield tmp_path
    app.extensions["mailer"] = usual


def test_the_owner_hears_of_what_the_clock_did_and_of_nothing_done_by_hand(cafe: Shop, mails: Path) -> None:
    hire(cafe, "Max", "manager")
    with clock.frozen(NOON):
        dates = {"startsAt": (NOON + DAY).isoformat(), "endsAt": (NOON + 3 * DAY).isoformat()}
        punch_card(cafe, name="May card", **dates, isActive=True)
        activated(cafe, punch_card(cafe, name="By hand"))
    for day in (1, 3, 4):
        _work(cafe, NOON + day * DAY)
    assert [(mail["To"], mail["Subject"]) for mail in _read(mails)] == [
        (cafe.owner.email, "May card has started"),
        (cafe.owner.email, "May card has ended"),
    ]
    assert "can be used until 5 August 2026" in _text(_read(mails)[1])


def test_members_with_something_left_hear_when_it_ends_and_before_it_runs_out(
    cafe: Shop, mails: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(program_notices, "BATCH", 1)
    with clock.frozen(NOON):
        program_id = live_punch_card(cafe)
        begun = join(cafe, "Cleo", email="cleo@example.com")
        with_reward = join(cafe, "Dina", email="dina@example.com")
        join(cafe, "Nobody", email="nobody@example.com")
        for member_id, visits in ((begun, 1), (with_reward, 3)):
            for _ in range(visits):
                sell(cafe, member_id)
        _work(cafe, NOON)
        _forget(mails)
        with unit_of_work(cafe.id):
            move_program(program_id, Action.END, actor=owner_of(cafe))
        _work(cafe, NOON)
        tell_participants(str(cafe.id))
    told = {mail["To"]: mail["Subject"] for mail in _read(mails)}
    ended = "Coffee card has ended: use what you have by 2 August 2026"
    assert told == {"cleo@example.com": ended, "dina@example.com": ended}
    _work(cafe, WARNING - DAY)
    assert len(_read(mails)) == 2, "nobody is warned early"
    _work(cafe, WARNING + timedelta(minutes=1))
    _work(cafe, WARNING + timedelta(hours=1))
    warned = [mail["To"] for mail in _read(mails) if mail["Subject"].startswith("Use what you have")]
    assert sorted(warned) == ["cleo@example.com", "dina@example.com"]


def test_a_program_that_ends_in_its_last_week_is_told_once(cafe: Shop, mails: Path) -> None:
    with clock.frozen(NOON):
        program_id = live_punch_card(cafe, redeemUntil=(NOON + 5 * DAY).isoformat())
        sell(cafe, join(cafe, "Cleo", email="cleo@example.com"))
        _work(cafe, NOON)
        _forget(mails)
        with unit_of_work(cafe.id):
            move_program(program_id, Action.END, actor=owner_of(cafe))
    for day in range(5):
        _work(cafe, NOON + day * DAY + timedelta(minutes=1))
    assert [mail["Subject"] for mail in _read(mails)] == ["Coffee card has ended: use what you have by 9 May 2026"]


def test_a_mail_can_go_to_an_address_of_nobody_we_know_and_not_to_who_has_left(cafe: Shop, mails: Path) -> None:
    context = {"programId": str(punch_card(cafe)), "lastDay": "2026-08-02"}
    gone = hire(cafe, "Max", "manager")
    with unit_of_work(cafe.id):
        for _ in range(2):
            write_message("program_over", Recipient(address="new@example.com"), "once", context)
        write_message("program_over", Recipient(user_id=gone.user_id), "once", context)
        session().execute(update(Membership).where(Membership.user_id == gone.user_id).values(ended_at=clock.now()))
    send_messages(str(cafe.id))
    assert [mail["To"] for mail in _read(mails)] == ["new@example.com"]
    with unit_of_work(cafe.id):
        assert session().scalars(select(Message.state).order_by(Message.id)).all() == ["sent", "skipped"]


def _work(shop: Shop, at: datetime) -> None:
    """Do what the workers would do at an instant."""
    with clock.frozen(at):
        for job in (announce_programs, tell_participants, relay_events, send_messages):
            job(str(shop.id))


def _read(folder: Path) -> list[EmailMessage]:
    files = sorted(folder.glob("*.eml"))
    return [email.message_from_bytes(file.read_bytes(), policy=email.policy.default) for file in files]


def _forget(folder: Path) -> None:
    for file in folder.glob("*.eml"):
        file.unlink()


def _text(mail: EmailMessage) -> str:
    part = mail.get_body(("plain",))
    assert part is not None
    return str(part.get_content())
