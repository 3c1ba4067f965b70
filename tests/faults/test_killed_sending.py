"""The worker that sends mails is killed between sending and noting it down: each mail is there once all the same."""

from __future__ import annotations

import email
import email.policy
from collections import Counter as Tally
from email.message import EmailMessage
from typing import LiteralString

import psutil
import pytest

from app.embedded.processes import wait_until
from tests.faults.conftest import Start
from tests.faults.counter import Counter
from tests.support.product import Product, kill

SENT = "notifications.sent"
EVERYTHING = ("web", "worker_earning", "worker_outside", "scheduler")
STATES = "SELECT state, count(*) FROM message GROUP BY state ORDER BY state"


@pytest.mark.parametrize("whom", ["parent and child", "child alone"])
def test_a_worker_killed_after_sending_sends_the_same_mails_again_and_no_others(
    counter: Counter, start: Start, whom: str
) -> None:
    product = start(*EVERYTHING)
    _earn_rewards(counter, product)
    child = product.held_at(SENT)
    parent = product.pid("worker_outside")
    kill(*([parent, child] if whom == "parent and child" else [child]))
    product.release(SENT)
    _assert_sent_once_the_lease_is_over(counter, product)
    assert counter.ask("SELECT max(attempts) FROM message") == [(2,)], "what had been sent was sent again"


def test_a_worker_whose_parent_alone_is_killed_goes_on_beside_the_next_and_nothing_is_sent_as_another_mail(
    counter: Counter, start: Start
) -> None:
    product = start(*EVERYTHING)
    _earn_rewards(counter, product)
    orphan = product.held_at(SENT)
    kill(product.pid("worker_outside"))
    _let_a_minute_pass(counter)
    second = product.held_at(SENT, besides=[orphan])
    assert psutil.pid_exists(orphan), "two send the same mails now"
    fences = counter.ask("SELECT DISTINCT fence FROM message WHERE state = 'sending'")
    assert (2,) in fences, "the second has taken over the claim of the first"
    product.release(SENT)
    assert second != orphan
    _assert_sent_once_the_lease_is_over(counter, product)


def test_mails_that_cannot_be_sent_are_tried_five_times_and_end_in_the_dead_letters(
    counter: Counter, start: Start
) -> None:
    product = start(*EVERYTHING)
    (product.folder / "mail").touch()  # a file where the folder should be
    counter.url = product.url
    counter.sell_for_sure("first", counter.members[0])
    for attempt in range(1, 5):
        _await_message(counter, "waiting", attempt)
        assert counter.ask("SELECT lease_until > now() FROM message") == [(True,)], "the next try waits for its pause"
        _let_a_minute_pass(counter, 15)
    _await_message(counter, "dead", 5)
    [(kind, attempts, reason)] = counter.ask("SELECT kind, attempts, reason FROM dead_letter")
    assert (kind, attempts) == ("message", 5)
    assert "exists" in reason
    counter.await_settled()
    assert counter.books() == []


def test_history_that_is_brought_in_sends_no_mail(counter: Counter, start: Start) -> None:
    product = start(*EVERYTHING)
    counter.url = product.url
    counter.ask("UPDATE live_period SET live_from = live_from - interval '10 days'")
    month_ago = counter.ask("SELECT to_char(now() - interval '5 days', 'YYYY-MM-DD\"T\"HH24:MI:SS\"Z\"')")[0][0]
    sales = [_sale(f"old {number}", counter, member=0, occurredAt=month_ago) for number in range(3)]
    sales += [_sale(f"new {number}", counter, member=1) for number in range(3)]
    status, answer = counter.post("/purchases/bulk", {"purchases": sales})
    assert (status, answer["accepted"]) == (202, 6)
    counter.await_settled()
    assert counter.ask("SELECT count(*) FROM voucher") == [(2,)]
    assert wait_until(lambda: counter.ask(STATES) == [("sent", 2)], 40), counter.ask(STATES)
    assert wait_until(lambda: counter.ask("SELECT count(*) FROM due WHERE kind = 'relay'") == [(0,)], 40)
    assert {str(mail["To"]) for mail in _mails(product)} == {"cleo.1@example.com"}


def _sale(order_id: str, counter: Counter, member: int, **more: str) -> dict[str, str]:
    return {"orderId": order_id, "memberId": str(counter.members[member]), "amount": "10.00", **more}


def _earn_rewards(counter: Counter, product: Product) -> None:
    """Sell four members a full card each while sending is held: four welcomes and four rewards."""
    product.hold(SENT)
    counter.url = product.url
    for number in range(12):
        counter.sell_for_sure(f"order {number}", counter.members[number % 4])
    counter.await_settled()


def _await_message(counter: Counter, state: str, attempts: int) -> None:
    read: LiteralString = "SELECT state, attempts FROM message"
    assert wait_until(lambda: counter.ask(read) == [(state, attempts)], 60), counter.ask(read)


def _let_a_minute_pass(counter: Counter, minutes: int = 1) -> None:
    """Move leases, pauses and what is due back by the time that a test will not wait."""
    counter.ask("UPDATE message SET lease_until = lease_until - make_interval(mins => %s)", minutes)
    counter.ask("UPDATE due SET due_at = due_at - make_interval(mins => %s)", minutes)


def _assert_sent_once_the_lease_is_over(counter: Counter, product: Product) -> None:
    def is_all_sent() -> bool:
        _let_a_minute_pass(counter)
        return counter.ask(STATES) == [("sent", 8)]

    assert wait_until(is_all_sent, 40, pause=3), counter.ask(STATES)
    got = Tally((str(mail["To"]), str(mail["Subject"])) for mail in _mails(product))
    subjects = ("Your card at Café Alma is ready", "You earned: A coffee on the house")
    wanted = [(f"cleo.{number}@example.com", subject) for number in range(4) for subject in subjects]
    assert got == Tally(wanted), "every mail is there once"
    ids = {str(row[0]) for row in counter.ask("SELECT id FROM message")}
    assert {file.stem for file in product.mails} == ids
    counter.assert_exact()


def _mails(product: Product) -> list[EmailMessage]:
    return [email.message_from_bytes(file.read_bytes(), policy=email.policy.default) for file in product.mails]
