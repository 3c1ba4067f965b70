"""Webhooks on their way: signed so that the reference library agrees, tried ten times, never in one another's way."""

from __future__ import annotations

import json
from collections.abc import Iterator
from datetime import timedelta
from typing import Any
from uuid import UUID

import pytest
from flask import Flask
from sqlalchemy import select, update
from standardwebhooks.webhooks import Webhook, WebhookVerificationError

from app.adapters.webhook_sender import WebhookSender
from app.core import clock
from app.core.unit_of_work import session, unit_of_work
from app.domain.webhooks import PAUSES, Answer
from app.embedded.processes import wait_until
from app.jobs import webhooks as job
from app.jobs.relay import relay_events
from app.models.audit_log import AuditRecord
from app.models.dead_letter import DeadLetter
from app.models.message import Message
from app.models.webhook import WebhookAttempt, WebhookDelivery, WebhookEndpoint
from app.services import webhook_deliveries, webhook_replays, webhooks
from tests.factories.businesses import Shop
from tests.factories.programs import owner_of, punch_card
from tests.support.receiver import DAWDLING_SECONDS, Receiver, answer, hang, receiving


@pytest.fixture
def receiver(app: Flask) -> Iterator[Receiver]:
    """A receiver on this machine, which may be called as in development."""
    usual = app.extensions["webhook_sender"]
    app.extensions["webhook_sender"] = WebhookSender(allows_private=True, seconds=2 * DAWDLING_SECONDS)
    with receiving() as running:
        yield running
    app.extensions["webhook_sender"] = usual


def test_what_arrives_is_verified_by_the_reference_library(cafe: Shop, receiver: Receiver) -> None:
    endpoint_id, secret = _endpoint(cafe, receiver)
    program_id = punch_card(cafe)
    _deliver(cafe)
    created = next(got for got in receiver.got if json.loads(got.body)["eventType"] == "loyalty.program.created")
    envelope: Any = Webhook(secret).verify(created.body, created.headers)
    assert set(envelope) == {"eventId", "eventType", "timestamp", "sequence", "payload"}
    assert (envelope["payload"]["programId"], envelope["sequence"]) == (str(program_id), 1)
    assert envelope["payload"]["businessId"] == str(cafe.id)
    assert created.headers["webhook-id"] == envelope["eventId"]
    with pytest.raises(WebhookVerificationError):
        Webhook(secret).verify(created.body + b" ", created.headers)
    assert {row.state for row in _rows(cafe, endpoint_id)} == {"delivered"}


def test_both_secrets_sign_for_a_day_after_a_rotation(cafe: Shop, receiver: Receiver) -> None:
    endpoint_id, old = _endpoint(cafe, receiver)
    with unit_of_work(cafe.id):
        new = webhooks.rotate_secret(endpoint_id, actor=owner_of(cafe))
    _test_event(cafe, endpoint_id)
    _deliver(cafe)
    for secret in (old, new):
        Webhook(secret).verify(receiver.got[0].body, receiver.got[0].headers)
    with clock.frozen(clock.now() + timedelta(hours=25)):
        _test_event(cafe, endpoint_id)
        _deliver(cafe)
    signatures = receiver.got[-1].headers["webhook-signature"].split()
    assert len(signatures) == 1


def test_ten_tries_at_the_published_times_then_the_dead_letters(cafe: Shop, receiver: Receiver) -> None:
    receiver.behave = lambda handler: answer(handler, 302, Location="http://169.254.169.254/")
    endpoint_id, _ = _endpoint(cafe, receiver)
    _test_event(cafe, endpoint_id)
    now = clock.now()
    for number, pause in enumerate((*PAUSES, None), start=1):
        with clock.frozen(now):
            _deliver(cafe)
            [row] = _rows(cafe, endpoint_id)
            assert (row.attempts, row.last_status) == (number, 302)
            if pause is None:
                break
            waits = row.due_at - now
            assert pause <= waits <= pause * 1.1 + timedelta(seconds=1)
            _deliver(cafe)
            assert len(receiver.got) == number, "not before its time"
        now = row.due_at
    assert row.state == "dead"
    assert now - row.created_at > timedelta(hours=75)
    assert len({got.headers["webhook-id"] for got in receiver.got}) == 1
    assert len({got.headers["webhook-timestamp"] for got in receiver.got}) == 10
    with unit_of_work(cafe.id):
        [letter] = session().scalars(select(DeadLetter))
        assert (letter.kind, letter.subject_id, letter.attempts) == ("webhook_delivery", row.id, 10)


def test_a_receiver_that_asks_to_wait_is_waited_for(cafe: Shop, receiver: Receiver) -> None:
    receiver.behave = lambda handler: answer(handler, 429, Retry_After="3600")
    endpoint_id, _ = _endpoint(cafe, receiver)
    _test_event(cafe, endpoint_id)
    _deliver(cafe)
    [row] = _rows(cafe, endpoint_id)
    assert timedelta(minutes=59) < row.due_at - clock.now() <= timedelta(hours=1)


def test_410_disables_the_endpoint_and_puts_away_what_waits(cafe: Shop, receiver: Receiver) -> None:
    receiver.behave = lambda handler: answer(handler, 410)
    endpoint_id, _ = _endpoint(cafe, receiver)
    for _ in range(6):
        _test_event(cafe, endpoint_id)
    _deliver(cafe)
    with unit_of_work(cafe.id):
        endpoint = session().scalars(select(WebhookEndpoint)).one()
        assert (endpoint.state, endpoint.disabled_reason) == ("disabled", "The receiver answered 410 Gone")
        actions = session().scalars(select(AuditRecord.action).where(AuditRecord.target_id == endpoint_id)).all()
        assert "webhook_endpoint.disabled" in actions
        [told] = session().scalars(select(Message).where(Message.kind == "webhook_disabled"))
        assert (told.user_id, told.context["url"]) == (cafe.owner.user_id, receiver.url)
    assert {row.state for row in _rows(cafe, endpoint_id)} == {"dead"}
    before = len(receiver.got)
    punch_card(cafe)
    _deliver(cafe)
    assert len(receiver.got) == before


def test_five_days_without_one_success_disable_it_and_one_success_forgets(cafe: Shop, receiver: Receiver) -> None:
    receiver.behave = lambda handler: answer(handler, 500)
    endpoint_id, _ = _endpoint(cafe, receiver)
    _test_event(cafe, endpoint_id)
    _deliver(cafe)
    assert _failing_since(cafe) is not None
    receiver.behave = lambda handler: answer(handler, 200)
    _test_event(cafe, endpoint_id)
    _deliver(cafe)
    assert _failing_since(cafe) is None
    receiver.behave = lambda handler: answer(handler, 500)
    _test_event(cafe, endpoint_id)
    _deliver(cafe)
    with unit_of_work(cafe.id):
        session().execute(update(WebhookDelivery).values(attempts=9))
    with clock.frozen(clock.now() + timedelta(days=6)):
        _deliver(cafe)
    with unit_of_work(cafe.id):
        assert session().scalars(select(WebhookEndpoint.state)).one() == "disabled"


def test_a_slow_receiver_delays_nobody_else(cafe: Shop, receiver: Receiver) -> None:
    slow, _ = _endpoint(cafe, receiver)
    receiver.behave = hang
    for _ in range(12):
        _test_event(cafe, slow)
    with receiving() as quick:
        fast, _ = _endpoint(cafe, quick)
        for _ in range(4):
            _test_event(cafe, fast)
        job.post_deliveries(str(cafe.id))
        assert wait_until(lambda: len(quick.got) == 4, DAWDLING_SECONDS)
        assert receiver.ended == 0, "nobody has waited for the slow one"
        assert receiver.connections <= 4, "no more than four at one endpoint"
    receiver.over.set()
    _settled()


def test_a_redelivery_has_the_same_id_and_another_time(cafe: Shop, receiver: Receiver) -> None:
    endpoint_id, _ = _endpoint(cafe, receiver)
    _test_event(cafe, endpoint_id)
    _deliver(cafe)
    [row] = _rows(cafe, endpoint_id)
    with clock.frozen(clock.now() + timedelta(minutes=1)):
        with unit_of_work(cafe.id):
            webhook_replays.redeliver(endpoint_id, row.id, actor=owner_of(cafe))
        _deliver(cafe)
    first, second = receiver.got
    assert first.headers["webhook-id"] == second.headers["webhook-id"]
    assert first.headers["webhook-timestamp"] != second.headers["webhook-timestamp"]
    assert first.body == second.body
    with unit_of_work(cafe.id):
        assert len(session().scalars(select(WebhookAttempt)).all()) == 2


def test_the_sender_that_died_is_followed_by_the_next_after_its_lease(cafe: Shop, receiver: Receiver) -> None:
    endpoint_id, _ = _endpoint(cafe, receiver)
    _test_event(cafe, endpoint_id)
    with unit_of_work(cafe.id):
        [lost] = webhook_deliveries.claim_deliveries()
    _deliver(cafe)
    assert receiver.got == [], "it is claimed"
    with clock.frozen(clock.now() + timedelta(seconds=61)):
        _deliver(cafe)
    assert len(receiver.got) == 1
    with unit_of_work(cafe.id):
        webhook_deliveries.settle_delivery(lost, Answer(500))
    [row] = _rows(cafe, endpoint_id)
    assert (row.state, row.attempts) == ("delivered", 2), "the dead one's word counts no more"


def _endpoint(cafe: Shop, receiver: Receiver) -> tuple[UUID, str]:
    with unit_of_work(cafe.id):
        return webhooks.add_endpoint(
            WebhookSender(allows_private=True), url=receiver.url, description="", event_types=[], actor=owner_of(cafe)
        )


def _test_event(cafe: Shop, endpoint_id: UUID) -> None:
    with unit_of_work(cafe.id):
        webhook_replays.send_test(endpoint_id, actor=owner_of(cafe))


def _deliver(cafe: Shop) -> None:
    """Relay and send, until nothing is under way; the threads of the sender keep the test's clock."""
    relay_events(str(cafe.id))
    job.post_deliveries(str(cafe.id))
    _settled()


def _settled() -> None:
    assert job.wait_until_idle(60)


def _rows(cafe: Shop, endpoint_id: UUID) -> list[Any]:
    with unit_of_work(cafe.id):
        found = select(WebhookDelivery).where(WebhookDelivery.endpoint_id == endpoint_id)
        rows = session().scalars(found.order_by(WebhookDelivery.id)).all()
        session().expunge_all()
        return list(rows)


def _failing_since(cafe: Shop) -> Any:
    with unit_of_work(cafe.id):
        return session().scalars(select(WebhookEndpoint.failing_since)).one()
