"""Webhooks as Standard Webhooks has them: secrets, signatures, the retry schedule, and what an answer means."""

from __future__ import annotations

import base64
import hashlib
import hmac
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum
from typing import Any

PAYLOAD_VERSION = "2026-11-01"
SECRET_PREFIX = "whsec_"  # noqa: S105 - how a secret begins, not one
SECRET_BYTES = 32
OVERLAP = timedelta(hours=24)
"""How long the secret before still signs after a rotation."""

PAUSES = (
    timedelta(seconds=5),
    timedelta(minutes=5),
    timedelta(minutes=30),
    timedelta(hours=2),
    timedelta(hours=5),
    timedelta(hours=10),
    timedelta(hours=14),
    timedelta(hours=20),
    timedelta(hours=24),
)
"""The pause after each failed try; ten tries in all, over 75 hours and 35 minutes."""
LAST_ATTEMPT = len(PAUSES) + 1
LONGEST_RETRY_AFTER = timedelta(hours=24)

GONE = 410
_FIRST_SUCCESS, _FIRST_REDIRECT = 200, 300


class Verdict(StrEnum):
    """What becomes of a delivery after a try."""

    DELIVERED = "delivered"
    TRY_AGAIN = "try_again"
    DEAD = "dead"
    GONE = "gone"


@dataclass(frozen=True, slots=True)
class Answer:
    """What a receiver said: `status` None when it said nothing, then `error` says why; `excerpt` is its first 1 kB."""

    status: int | None
    error: str = ""
    excerpt: str = ""
    retry_after: timedelta | None = None
    milliseconds: int = 0


def secret_text(raw: bytes) -> str:
    """Return a secret as owners and libraries know it: whsec_ and base64."""
    return SECRET_PREFIX + base64.b64encode(raw).decode()


def signed_headers(message_id: str, sent_at: datetime, body: bytes, secrets: Iterable[bytes]) -> dict[str, str]:
    """Return the three headers of Standard Webhooks 1.0: one signature for each secret, the newest first.

    The time is that of this try, the id is the same at every try.
    """
    stamp = str(int(sent_at.timestamp()))
    signed = b".".join((message_id.encode(), stamp.encode(), body))
    signatures = (base64.b64encode(hmac.digest(secret, signed, hashlib.sha256)).decode() for secret in secrets)
    return {
        "webhook-id": message_id,
        "webhook-timestamp": stamp,
        "webhook-signature": " ".join(f"v1,{signature}" for signature in signatures),
    }


def envelope(event: Mapping[str, Any]) -> dict[str, Any]:
    """Return what is sent of an event, and what GET /events lists (API.md): the payload names its business."""
    return {
        "eventId": str(event["id"]),
        "eventType": event["event_type"],
        "timestamp": event["recorded_at"].isoformat().replace("+00:00", "Z"),
        "sequence": event["sequence"],
        "payload": event["payload"],
    }


def verdict(answer: Answer, attempts: int) -> Verdict:
    """Judge the try with this number: any 2xx delivers, 410 ends the endpoint, all else (3xx too) is tried again."""
    if answer.status is not None and _FIRST_SUCCESS <= answer.status < _FIRST_REDIRECT:
        return Verdict.DELIVERED
    if answer.status == GONE:
        return Verdict.GONE
    return Verdict.DEAD if attempts >= LAST_ATTEMPT else Verdict.TRY_AGAIN


def pause_after(attempts: int, jitter: float, retry_after: timedelta | None = None) -> timedelta:
    """Return how long to wait after the failed try of this number (from 1).

    `jitter` in 0..1 lengthens the pause by up to a tenth; a receiver may ask for more, at most a day.
    """
    pause = PAUSES[attempts - 1] * (1 + jitter / 10)
    return pause if retry_after is None else max(pause, min(retry_after, LONGEST_RETRY_AFTER))


def wants(event_types: Iterable[str], event_type: str) -> bool:
    """Say whether an endpoint with this choice gets the event; an empty choice means every event."""
    chosen = list(event_types)
    return not chosen or event_type in chosen
