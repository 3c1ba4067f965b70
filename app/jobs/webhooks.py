"""Sends webhooks: the job claims and hands over; a bounded pool of threads posts, so that nobody waits for the slow."""

from __future__ import annotations

import atexit
import time
from concurrent.futures import ThreadPoolExecutor
from contextvars import copy_context
from threading import BoundedSemaphore
from uuid import UUID

import structlog
from flask import Flask, current_app

from app.core import failpoints
from app.core.unit_of_work import unit_of_work
from app.jobs.runtime import job
from app.services import due, webhook_deliveries
from app.services.webhook_deliveries import ClaimedDelivery

SENDING_AT_ONCE = 32
"""At most four of these are ever at one endpoint (services.webhook_deliveries)."""

_LAST_WORDS_SECONDS = 12.0
"""A worker that is stopped lets what is under way end: no post takes longer than ten seconds."""

_log = structlog.get_logger("webhooks")
_pool = ThreadPoolExecutor(SENDING_AT_ONCE, thread_name_prefix="webhook")
_room = BoundedSemaphore(SENDING_AT_ONCE)


@job(opens="nothing", due="webhooks")
def post_deliveries(business_id: UUID) -> None:
    """Claim what is due and room is for, and leave a row for when the next may be tried.

    Returns while posts are still under way: their leases cover a death of this process, and each one that ends rings
    again if more waits.
    """
    most = _reserve(webhook_deliveries.BATCH)
    claimed: list[ClaimedDelivery] = []
    try:
        if most:
            with unit_of_work(business_id):
                claimed = webhook_deliveries.claim_deliveries(most)
    finally:
        _release(most - len(claimed))
    app = current_app._get_current_object()  # type: ignore[attr-defined]
    for delivery in claimed:
        _pool.submit(copy_context().run, _send, app, business_id, delivery)
    _leave_the_rest(business_id)


def wait_until_idle(seconds: float) -> bool:
    """Wait until no post is under way, at most so long; says whether that is so."""
    deadline = time.monotonic() + seconds
    taken = 0
    while taken < SENDING_AT_ONCE and _room.acquire(timeout=max(deadline - time.monotonic(), 0)):
        taken += 1
    _release(taken)
    return taken == SENDING_AT_ONCE


def _send(app: Flask, business_id: UUID, delivery: ClaimedDelivery) -> None:
    """Post one and settle it; an error leaves the claim to its lease."""
    try:
        with app.app_context():
            answer = webhook_deliveries.post(app.extensions["webhook_sender"], delivery)
            failpoints.reach("webhooks.sent")
            with unit_of_work(business_id):
                webhook_deliveries.settle_delivery(delivery, answer)
                webhook_deliveries.ring_for_more()
    except Exception:
        _log.exception("webhook_not_settled", delivery_id=str(delivery.id))
    finally:
        _release(1)


def _leave_the_rest(business_id: UUID) -> None:
    with unit_of_work(business_id):
        at = webhook_deliveries.next_due_at()
        if at is not None:
            due.leave_once("webhooks", at)


def _reserve(most: int) -> int:
    taken = 0
    while taken < most and _room.acquire(blocking=False):
        taken += 1
    return taken


def _release(number: int) -> None:
    for _ in range(number):
        _room.release()


atexit.register(wait_until_idle, _LAST_WORDS_SECONDS)
