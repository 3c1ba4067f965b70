"""Sends the web push messages of one business: claimed in one transaction, sent outside any, settled in another."""

from __future__ import annotations

import time
from concurrent.futures import ThreadPoolExecutor
from uuid import UUID

from flask import current_app

from app.core import failpoints
from app.core.config import settings
from app.core.unit_of_work import unit_of_work
from app.jobs.runtime import job
from app.queries import businesses
from app.services import due, push

SENDING_AT_ONCE = 8
_MOST_SECONDS = 45.0


@job(opens="nothing", due="push")
def send_pushes(business_id: UUID) -> None:
    """Send what waits, at least once and usually once; what is left is due again when it may be sent."""
    deadline = time.monotonic() + _MOST_SECONDS
    while _send_batch(business_id) and time.monotonic() < deadline:
        pass
    with unit_of_work(business_id):
        at = push.next_due_at()
        if at is not None:
            due.leave_once("push", at)


def _send_batch(business_id: UUID) -> int:
    with unit_of_work(business_id):
        business = businesses.business(business_id)
        claimed = push.claim_pushes()
    if not claimed:
        return 0
    sender, url = current_app.extensions["web_push"], f"{settings().base_url}/m/{business['slug']}/"

    def send(one: push.ClaimedPush) -> str | None:
        return push.send_push(sender, one, business_name=business["name"], url=url)

    with ThreadPoolExecutor(SENDING_AT_ONCE) as pool:
        errors = list(pool.map(send, claimed))
    failpoints.reach("push.sent")
    with unit_of_work(business_id):
        for one, error in zip(claimed, errors, strict=True):
            push.settle_push(one, error)
    return len(claimed)
