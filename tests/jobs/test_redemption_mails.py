"""The mails around redemptions: to owners who have something to do, to members who wait or should hurry."""

from __future__ import annotations

import email
import email.policy
from collections.abc import Iterator
from datetime import timedelta
from email.message import EmailMessage
from pathlib import Path

import pytest
from flask import Flask

from app.adapters.mailer import FolderMailer
from app.core import clock
from app.core.unit_of_work import unit_of_work
from app.domain.actor import Actor
from app.jobs.notifications import send_messages
from app.jobs.relay import relay_events
from app.jobs.vouchers import expire_vouchers
from app.services.redemptions import Delivery, request_redemption
from tests.factories.businesses import Shop
from tests.factories.rewards import free_coffee, moved, redeem, saver


@pytest.fixture
def mails(app: Flask, tmp_path: Path) -> Iterator[Path]:
    """The folder that mails land in."""
    usual = app.extensions["mailer"]
    app.extensions["mailer"] = FolderMailer(tmp_path, "regulars@example.com")
    yield tmp_path
    app.extensions["mailer"] = usual


def test_owners_read_who_asks_for_what_and_members_that_it_is_on_its_way(cafe: Shop, mails: Path) -> None:
    member_id, reward_id = saver(cafe, email="cleo@example.com"), free_coffee(cafe, deliveryMethods=["shipping"])
    with unit_of_work(cafe.id):
        made = request_redemption(
            member_id,
            reward_id,
            actor=Actor("member", member_id, "Cleo"),
            delivery=Delivery("shipping", "1 Main St"),
        )
    for status in ("approved", "shipped"):
        moved(cafe, made, status)
    found = sent(cafe, mails)
    asked = found["Cleo redeemed: A free coffee"]
    assert asked["To"] == cafe.owner.email
    for part in bodies(asked):
        assert f"/b/{cafe.slug}/redemptions/{made}" in part
        assert "40 points" in part
        assert "1 Main St" not in part
    assert found["On its way: A free coffee"]["To"] == "cleo@example.com"
    assert "You earned: A free coffee" not in found


def test_a_cancelled_redemption_says_what_came_back(cafe: Shop, mails: Path) -> None:
    made = redeem(cafe, saver(cafe, email="cleo@example.com"), free_coffee(cafe))
    moved(cafe, made, "cancelled")
    for part in bodies(sent(cafe, mails)["Cancelled: A free coffee"]):
        assert "40 points are back" in part


def test_a_voucher_that_runs_out_says_until_when_and_that_the_points_come_back(cafe: Shop, mails: Path) -> None:
    redeem(cafe, saver(cafe, email="cleo@example.com"), free_coffee(cafe, voucherExpiresAfterDays=30))
    with clock.frozen(clock.now() + timedelta(days=25)):
        for _ in range(2):
            expire_vouchers(str(cafe.id))
        found = sent(cafe, mails)
    (warning,) = [mail for subject, mail in found.items() if subject.startswith("Use it by")]
    for part in bodies(warning):
        assert "in a week" in part
        assert "your points come back" in part


def sent(cafe: Shop, mails: Path) -> dict[str, EmailMessage]:
    """Every mail by its subject, after the workers have run twice."""
    for _ in range(2):
        relay_events(str(cafe.id))
        send_messages(str(cafe.id))
    read = [email.message_from_bytes(file.read_bytes(), policy=email.policy.default) for file in mails.rglob("*.eml")]
    subjects = [str(mail["Subject"]) for mail in read]
    assert len(subjects) == len(set(subjects)), "each once"
    return dict(zip(subjects, read, strict=True))


def bodies(mail: EmailMessage) -> list[str]:
    """The mail as text and as HTML."""
    parts = [mail.get_body((kind,)) for kind in ("plain", "html")]
    return [str(part.get_content()) for part in parts if part is not None]
