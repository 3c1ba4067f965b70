"""The worker of webhooks is killed between a post and its note: the receiver has it at most twice, under one id."""

from __future__ import annotations

from collections import Counter as Tally
from collections.abc import Iterator

import pytest
from flask import Flask

from app.adapters.webhook_sender import WebhookSender
from app.core.unit_of_work import unit_of_work
from app.embedded.processes import wait_until
from app.services.webhooks import add_endpoint
from tests.factories.programs import owner_of
from tests.faults.conftest import Start
from tests.faults.counter import Counter
from tests.support.product import kill
from tests.support.receiver import Receiver, receiving

SENT = "webhooks.sent"
ALL = ("web", "worker_earning", "worker_outside", "worker_webhooks", "scheduler")
STATES = "SELECT state, count(*) FROM webhook_delivery GROUP BY state ORDER BY state"


@pytest.fixture
def receiver() -> Iterator[Receiver]:
    """A receiver on this machine."""
    with receiving() as running:
        yield running


def test_what_was_posted_before_the_kill_is_posted_once_more_under_the_same_id(
    counter: Counter, start: Start, receiver: Receiver, app: Flask, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("WEBHOOK_PRIVATE_TARGETS", "on")
    with app.app_context(), unit_of_work(counter.shop.id):
        add_endpoint(
            WebhookSender(allows_private=True),
            url=receiver.url,
            description="",
            event_types=["loyalty.voucher.issued"],
            actor=owner_of(counter.shop),
        )
    product = start(*ALL)
    product.hold(SENT)
    counter.url = product.url
    for number in range(12):
        counter.sell_for_sure(f"order {number}", counter.members[number % 4])
    counter.await_settled()
    holder = product.held_at(SENT)
    assert holder == product.pid("worker_webhooks"), "the threads that post live in the worker itself"
    assert wait_until(lambda: len(receiver.got) == 4, 40), len(receiver.got)
    kill(holder)
    product.release(SENT)

    def is_all_delivered() -> bool:
        counter.ask("UPDATE webhook_delivery SET due_at = due_at - interval '1 minute'")
        counter.ask("UPDATE due SET due_at = due_at - interval '1 minute'")
        return counter.ask(STATES) == [("delivered", 4)]

    assert wait_until(is_all_delivered, 40, pause=2), counter.ask(STATES)
    ids = Tally(got.headers["webhook-id"] for got in receiver.got)
    assert len(ids) == 4
    assert max(ids.values()) == 2, "at least once, and here exactly twice"
    assert counter.ask("SELECT max(attempts) FROM webhook_delivery") == [(2,)]
    counter.assert_exact()
