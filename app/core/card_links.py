"""Links to a member's own card: signed, running out, and good for one business alone (docs/adr/0011)."""

from __future__ import annotations

import base64
import binascii
import hashlib
import hmac
from datetime import datetime, timedelta
from uuid import UUID

from app.core.config import settings

LIFETIME = timedelta(days=30)

_DAY = 86_400
_ID, _DAYS, _SEAL = 16, 3, 16
_LENGTH = _ID + _DAYS + _SEAL


def card_token(business_id: UUID, member_id: UUID, now: datetime) -> str:
    """Return the token of a member's card, 47 letters and digits of base64url: id, last day (UTC), 128-bit seal."""
    last_day = int((now + LIFETIME).timestamp()) // _DAY
    body = member_id.bytes + last_day.to_bytes(_DAYS, "big")
    return base64.urlsafe_b64encode(body + _seal(business_id, body)).decode().rstrip("=")


def member_of_card(business_id: UUID, token: str, now: datetime) -> UUID | None:
    """Return whose card a token opens; None for one that we did not make, of another business, or that has run out."""
    try:
        raw = base64.b64decode(f"{token}=", altchars=b"-_", validate=True)
    except (ValueError, binascii.Error):
        return None
    body, seal = raw[: _ID + _DAYS], raw[_ID + _DAYS :]
    if len(raw) != _LENGTH or not hmac.compare_digest(seal, _seal(business_id, body)):
        return None
    is_over = int(now.timestamp()) // _DAY > int.from_bytes(body[_ID:], "big")
    return None if is_over else UUID(bytes=body[:_ID])


def _seal(business_id: UUID, body: bytes) -> bytes:
    return hmac.digest(settings().card_key(), business_id.bytes + body, hashlib.sha256)[:_SEAL]
