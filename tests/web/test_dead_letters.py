"""Mails and webhooks that could not be sent wait under Needs you, and are let try again from there."""

from __future__ import annotations

import re
from uuid import UUID

from sqlalchemy import select, update

from app.adapters.webhook_sender import WebhookSender
from app.core.unit_of_work import session, unit_of_work
from app.jobs.notifications import send_messages
from app.models.audit_log import AuditRecord
from app.models.dead_letter import DeadLetter
from app.models.message import Message
from app.models.webhook import WebhookDelivery, WebhookEndpoint
from app.services.dead_letter_box import bury
from app.services.messages import Recipient, write_message
from app.services.webhook_replays import send_test
from app.services.webhooks import add_endpoint
from tests.factories.businesses import Shop
from tests.factories.people import Person, submit
from tests.factories.programs import owner_of
from tests.factories.trade import join, live_points


def dead_mail(shop: Shop) -> UUID:
    """Leave a mail to Cleo as its last failure does."""
    program_id, cleo = live_points(shop), join(shop, "Cleo", email="cleo@example.com")
    told = {"programId": str(program_id), "points": 20, "lastDay": "2026-01-01", "day": "2026-01-01"}
    with unit_of_work(shop.id):
        session().execute(update(Message).values(state="skipped"))
        write_message("points_expiring", Recipient(member_id=cleo), "one", told)
        message = session().scalars(select(Message).where(Message.kind == "points_expiring")).one()
        message.state, message.attempts = "dead", 5
        bury("message", message.id, "421 too busy", 5)
        return message.id


def dead_delivery(shop: Shop) -> UUID:
    """Leave a delivery as its last failure does."""
    with unit_of_work(shop.id):
        sender = WebhookSender(allows_private=True)
        endpoint_id, _ = add_endpoint(
            sender, url="http://127.0.0.1:9/", description="", event_types=[], actor=owner_of(shop)
        )
        delivery_id = send_test(endpoint_id, actor=owner_of(shop))
        session().execute(update(WebhookDelivery).values(state="dead", attempts=10))
        bury("webhook_delivery", delivery_id, "The receiver answered 500", 10)
        return delivery_id


def retry_of(page: str) -> str:
    """The address behind Try again."""
    found: list[str] = re.findall(r'action="([^"]+/retry)"', page)
    return found[0]


def open_letters(shop: Shop) -> int:
    """How many letters wait."""
    with unit_of_work(shop.id):
        return len(session().scalars(select(DeadLetter.id).where(DeadLetter.resolved_at.is_(None))).all())


def test_a_mail_that_could_not_be_sent_is_sent_after_all(cafe: Shop, alma: Person) -> None:
    message_id, browser, address = dead_mail(cafe), alma.browser(), f"/b/{cafe.slug}/attention"
    page = browser.get(address).get_data(as_text=True)
    for words in ("The mail could not be sent", "421 too busy", "points expiring", "Cleo"):
        assert words in page, words
    assert submit(browser, retry_of(page)).status_code == 303
    assert submit(browser, retry_of(page)).status_code == 404  # somebody else's second try
    send_messages(str(cafe.id))
    with unit_of_work(cafe.id):
        assert session().get_one(Message, (cafe.id, message_id)).state == "sent"
        assert "message.retried" in session().scalars(select(AuditRecord.action)).all()
    assert "Nothing needs you" in browser.get(address).get_data(as_text=True)


def test_a_webhook_that_could_not_be_sent_gets_ten_new_tries(cafe: Shop, alma: Person, ben: Person) -> None:
    delivery_id, address = dead_delivery(cafe), f"/b/{cafe.slug}/attention"
    page = alma.browser().get(address).get_data(as_text=True)
    assert "The event could not be sent" in page and "The receiver answered 500" in page
    assert submit(ben.browser(), retry_of(page)).status_code == 403
    assert open_letters(cafe) == 1
    assert submit(alma.browser(), retry_of(page)).status_code == 303
    assert open_letters(cafe) == 0
    with unit_of_work(cafe.id):
        row = session().get_one(WebhookDelivery, (cafe.id, delivery_id))
        assert (row.state, row.attempts) == ("waiting", 0)


def test_a_webhook_whose_endpoint_is_disabled_stays_in_the_list(cafe: Shop, alma: Person) -> None:
    dead_delivery(cafe)
    with unit_of_work(cafe.id):
        session().execute(update(WebhookEndpoint).values(state="disabled"))
    browser, address = alma.browser(), f"/b/{cafe.slug}/attention"
    assert submit(browser, retry_of(browser.get(address).get_data(as_text=True))).status_code == 303
    assert "Enable the endpoint first" in browser.get(address).get_data(as_text=True)
    assert open_letters(cafe) == 1
