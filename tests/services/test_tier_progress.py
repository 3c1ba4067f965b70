"""On the first of a month members hear once how far the next tier is, if they agreed to mails about their card."""

from __future__ import annotations

import email
import email.policy
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path
from uuid import UUID

import pytest
from flask import Flask
from sqlalchemy import select

from app.adapters.mailer import FolderMailer
from app.core import clock
from app.core.unit_of_work import session, unit_of_work
from app.jobs.notifications import send_messages
from app.jobs.tiers import keep_tiers
from app.models.message import Message
from app.services import tier_progress
from app.services.consents import set_consent
from app.services.programs import create_program
from tests.factories.businesses import Shop
from tests.factories.programs import owner_of
from tests.factories.trade import activated, join, sell

MAY = datetime(2027, 5, 10, 9, tzinfo=UTC)
JUNE = datetime(2027, 6, 1, 9, tzinfo=UTC)
TIERS = [
    {"name": "Silver", "threshold": {"type": "spending", "value": 50, "period": "yearly"}},
    {"name": "Gold", "threshold": {"type": "spending", "value": 300, "period": "yearly"}},
]


@pytest.fixture
def mails(app: Flask, tmp_path: Path) -> Iterator[Path]:
    """The folder that mails land in."""
    usual = app.extensions["mailer"]
    app.extensions["mailer"] = FolderMailer(tmp_path, "regulars@example.com")
    yield tmp_path
    app.extensions["mailer"] = usual


@pytest.fixture
def cleo(cafe: Shop) -> UUID:
    """Cleo spent 120 in May and agreed to mails; Dan did not agree, Eve is at the top, Fay bought nothing."""
    config = {"evaluationPeriod": "yearly", "tiers": TIERS}
    body = {"name": "Circle", "ruleType": "TIER_BASED", "ruleConfig": config}
    with clock.frozen(MAY - timedelta(days=1)):
        with unit_of_work(cafe.id):
            program_id = create_program(body, actor=owner_of(cafe))
        activated(cafe, program_id)
    with clock.frozen(MAY):
        cleo = agreed(cafe, "cleo")
        sell(cafe, cleo, "120.00")
        sell(cafe, join(cafe, "Dan", email="dan@example.com"), "120.00")
        sell(cafe, agreed(cafe, "eve"), "400.00")
        agreed(cafe, "fay")
    return cleo


def agreed(shop: Shop, name: str) -> UUID:
    """Make a member who agrees to mails about the card."""
    member_id = join(shop, name.title(), email=f"{name}@example.com")
    with unit_of_work(shop.id):
        set_consent(member_id, "card_mail", True, source="join", words="Mails about my card")
    return member_id


def told(shop: Shop) -> list[tuple[UUID | None, str]]:
    """Who was told, and by which key."""
    with unit_of_work(shop.id):
        rows = session().execute(select(Message.member_id, Message.source_key).where(Message.kind == "tier_progress"))
        return [(row.member_id, row.source_key.rpartition(" ")[2]) for row in rows]


def test_it_is_told_once_a_month_to_whom_it_may_concern(cafe: Shop, cleo: UUID, mails: Path) -> None:
    for at in (MAY + timedelta(days=10), JUNE, JUNE + timedelta(hours=1), JUNE + timedelta(days=2)):
        with clock.frozen(at):
            keep_tiers(str(cafe.id))
            keep_tiers(str(cafe.id))
    assert told(cafe) == [(cleo, "2027-06")]
    with clock.frozen(JUNE):
        send_messages(str(cafe.id))
    written = [email.message_from_bytes(file.read_bytes(), policy=email.policy.default) for file in mails.iterdir()]
    [mail] = [each for each in written if "more to" in each["Subject"]]
    assert (mail["To"], mail["Subject"]) == ("cleo@example.com", "₴180.00 more to Gold")
    for part in ("plain", "html"):
        said = mail.get_body((part,))
        assert said is not None
        assert "₴180.00 more and you are Gold" in said.get_content() and "Today you are Silver" in said.get_content()


def test_who_takes_the_consent_back_or_stays_away_hears_no_more(cafe: Shop, cleo: UUID) -> None:
    with clock.frozen(MAY + timedelta(days=1)), unit_of_work(cafe.id):
        set_consent(cleo, "card_mail", False, source="profile", words="No mails")
    with clock.frozen(JUNE):
        keep_tiers(str(cafe.id))
    with clock.frozen(MAY + timedelta(days=30)), unit_of_work(cafe.id):
        set_consent(cleo, "card_mail", True, source="profile", words="Mails again")
    with clock.frozen(datetime(2027, 9, 1, 9, tzinfo=UTC)):
        keep_tiers(str(cafe.id))
    assert told(cafe) == []


def test_many_are_told_in_steps(cafe: Shop, cleo: UUID, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(tier_progress, "MEMBERS_AT_ONCE", 1)
    with clock.frozen(MAY):
        sell(cafe, agreed(cafe, "gus"), "60.00")
    with clock.frozen(JUNE):
        with unit_of_work(cafe.id):
            assert tier_progress.tell_progress() == 1
        keep_tiers(str(cafe.id))
    assert len(told(cafe)) == 2
