"""Links by which a member stops our mails without signing in: signed, and good for that alone (RFC 8058)."""

from __future__ import annotations

import base64
import binascii
import hashlib
import hmac
from uuid import UUID

from app.core.config import settings

_PURPOSE = b"no more mails"
_ID, _SEAL = 16, 16


def unsubscribe_token(business_id: UUID, member_id: UUID) -> str:
    """Return the token of a member's link; it never runs out, since an old mail must still stop the next one."""
    raw = member_id.bytes + _seal(business_id, member_id)
    return base64.urlsafe_b64encode(raw).decode().rstrip("=")


def member_of_token(business_id: UUID, token: str) -> UUID | None:
    """Return whose mails a token stops; None for one that we did not make, or another business's."""
    try:
        raw = base64.b64decode(f"{token}=", altchars=b"-_", validate=True)
    except (ValueError, binascii.Error):
        return None
    if len(raw) != _ID + _SEAL:
        return None
    member_id = UUID(bytes=raw[:_ID])
    return member_id if hmac.compare_digest(raw[_ID:], _seal(business_id, member_id)) else None


def _seal(business_id: UUID, member_id: UUID) -> bytes:
    signed = _PURPOSE + business_id.bytes + member_id.bytes
    return hmac.digest(settings().card_key(), signed, hashlib.sha256)[:_SEAL]
