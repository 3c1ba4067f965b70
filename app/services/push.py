"""Web push: who wants it on which device, and the messages that wait to be sent there."""

from __future__ import annotations

import hashlib
import http.client
import json
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any
from uuid import UUID

from sqlalchemy import delete, func, or_, select, update

from app.adapters.web_push import PushAddress, SubscriptionGone, WebPushSender
from app.core import clock
from app.core.bulk import insert_rows
from app.core.config import settings
from app.core.ids import new_id
from app.core.unit_of_work import session
from app.domain.errors import ValidationErrors
from app.domain.push import are_push_keys, is_push_service
from app.models.push import PushMessage, PushSubscription
from app.services import due

LEASE = timedelta(seconds=60)
PAUSES = tuple(timedelta(seconds=seconds) for seconds in (10, 60, 300, 900))
LAST_ATTEMPT = len(PAUSES) + 1
BATCH = 16
MOST_DEVICES = 10

_OPEN = ("waiting", "sending")
_LONGEST_ERROR = 500
_LONGEST_WORDS = 200


@dataclass(frozen=True, slots=True)
class ClaimedPush:
    """A message that this process may send until the lease ends; ``fence`` proves the claim when it is settled."""

    id: UUID
    subscription_id: UUID
    fence: int
    attempts: int
    address: PushAddress
    title: str
    body: str


def subscribe(member_id: UUID, endpoint: str, p256dh: str, auth: str) -> None:
    """Have messages for a member go to a browser; the same browser again, also of somebody else, is moved over.

    Raises ValidationErrors for an address that is no push service's (settings.push_services), keys that are none, and
    more than ten devices.
    """
    if not is_push_service(endpoint, settings().push_services.split()) or not are_push_keys(p256dh, auth):
        raise ValidationErrors({"endpoint": ["This browser's push service is not known here"]})
    key = _digest(endpoint)
    _forget(PushSubscription.endpoint_hash == key)
    if len(_devices([member_id])) >= MOST_DEVICES:
        raise ValidationErrors({"endpoint": [f"Notices go to at most {MOST_DEVICES} devices; turn one off first"]})
    row = {"member_id": member_id, "endpoint": endpoint, "endpoint_hash": key, "p256dh": p256dh, "auth": auth}
    session().add(PushSubscription(id=new_id(), created_at=clock.now(), **row))


def unsubscribe(member_id: UUID, endpoint: str) -> None:
    """Send nothing more to a browser of the member's; one that is not known is no error."""
    _forget(PushSubscription.endpoint_hash == _digest(endpoint), PushSubscription.member_id == member_id)


def forget_devices(member_id: UUID) -> None:
    """Send nothing more to any browser of a member's, and forget what was to be sent."""
    _forget(PushSubscription.member_id == member_id)


def queue_rewards(payloads: Iterable[Mapping[str, Any]]) -> None:
    """Write a message for each device of each member who has earned a voucher; one a device and voucher, for ever.

    ``payloads`` are of voucher events that are news (not history brought in).
    """
    earned = {str(payload["voucherId"]): payload for payload in payloads}
    if not earned:
        return
    devices: dict[str, list[UUID]] = {}
    for member_id, subscription_id in _devices({UUID(str(one["memberId"])) for one in earned.values()}):
        devices.setdefault(str(member_id), []).append(subscription_id)
    rows = [
        _row(subscription_id, f"voucher:{voucher_id}", str(payload["description"]))
        for voucher_id, payload in earned.items()
        for subscription_id in devices.get(str(payload["memberId"]), [])
    ]
    if rows:
        insert_rows(PushMessage, rows, on_conflict_do_nothing=True)
        due.announce("push", queue="notifications", job="push.send_pushes")


def claim_pushes() -> list[ClaimedPush]:
    """Claim up to 16 messages that wait, or whose lease is over."""
    now = clock.now()
    rows = session().execute(
        select(PushMessage, PushSubscription)
        .join(PushSubscription, PushSubscription.id == PushMessage.subscription_id)
        .where(PushMessage.state.in_(_OPEN), or_(PushMessage.lease_until.is_(None), PushMessage.lease_until < now))
        .order_by(PushMessage.id)
        .limit(BATCH)
        .with_for_update(of=PushMessage, skip_locked=True)
    )
    return [_claimed(message, subscription, now) for message, subscription in rows]


def send_push(sender: WebPushSender, claimed: ClaimedPush, *, business_name: str, url: str) -> str | None:
    """Send one claimed message, outside any transaction; returns the error, "" when sent, None when nobody is there."""
    words = {"title": claimed.title, "body": f"{business_name}. {claimed.body}", "url": url, "tag": str(claimed.id)}
    try:
        sender.send(claimed.address, json.dumps(words).encode())
    except SubscriptionGone:
        return None
    except (OSError, http.client.HTTPException, ValueError) as error:
        return str(error) or type(error).__name__
    return ""


def settle_push(claimed: ClaimedPush, error: str | None) -> None:
    """Record what became of a claim: sent, to be tried again, dead after the fifth try; a dead device is removed.

    A claim that was taken over in the meantime changes nothing.
    """
    if error is None:
        _forget(PushSubscription.id == claimed.subscription_id)
        return
    values: dict[str, Any] = {"state": "sent", "sent_at": clock.now(), "lease_until": None}
    if error and claimed.attempts < LAST_ATTEMPT:
        values = {"state": "waiting", "lease_until": clock.now() + PAUSES[claimed.attempts - 1]}
    elif error:
        values = {"state": "dead", "lease_until": None}
    mine = (PushMessage.id == claimed.id, PushMessage.fence == claimed.fence)
    session().execute(update(PushMessage).where(*mine).values(error=error[:_LONGEST_ERROR], **values))


def next_due_at() -> datetime | None:
    """When the first open message of the business in scope may be claimed; None when none is open."""
    first = select(func.min(func.coalesce(PushMessage.lease_until, clock.now())))
    return session().scalar(first.where(PushMessage.state.in_(_OPEN)))


def _devices(member_ids: Iterable[UUID]) -> list[tuple[UUID, UUID]]:
    found = select(PushSubscription.member_id, PushSubscription.id).where(
        PushSubscription.member_id.in_(set(member_ids))
    )
    return [(row.member_id, row.id) for row in session().execute(found)]


def _row(subscription_id: UUID, source_key: str, reward: str) -> dict[str, Any]:
    return {
        "id": new_id(),
        "subscription_id": subscription_id,
        "source_key": source_key,
        "title": f"You earned: {reward}"[:_LONGEST_WORDS],
        "body": "It is ready on your card.",
        "state": "waiting",
        "attempts": 0,
        "fence": 0,
        "error": "",
        "created_at": clock.now(),
    }


def _claimed(message: PushMessage, subscription: PushSubscription, now: datetime) -> ClaimedPush:
    message.state, message.lease_until = "sending", now + LEASE
    message.attempts += 1
    message.fence += 1
    address = PushAddress(subscription.endpoint, subscription.p256dh, subscription.auth)
    claim = (message.id, subscription.id, message.fence, message.attempts)
    return ClaimedPush(*claim, address, message.title, message.body)


def _forget(*which: Any) -> None:
    """Delete devices with their messages."""
    gone = select(PushSubscription.id).where(*which)
    session().execute(delete(PushMessage).where(PushMessage.subscription_id.in_(gone)))
    session().execute(delete(PushSubscription).where(*which))


def _digest(endpoint: str) -> bytes:
    return hashlib.sha256(endpoint.encode()).digest()
