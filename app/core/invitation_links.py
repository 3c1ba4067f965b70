"""Links by which somebody comes to work for a business: signed, for one mail of one invitation of one business."""

from __future__ import annotations

import base64
import binascii
import hashlib
import hmac
from dataclasses import dataclass
from uuid import UUID

from app.core.config import settings

_ID, _EDITION, _SEAL = 16, 2, 16
_LENGTH = _ID + _EDITION + _SEAL


@dataclass(frozen=True, slots=True)
class InvitationLink:
    """Which mail of which invitation; whether it still counts is for the invitation's row to say."""

    invitation_id: UUID
    edition: int


def invitation_token(business_id: UUID, link: InvitationLink) -> str:
    """Return the token of a link, 46 letters and digits of base64url: id, edition, 128-bit seal."""
    body = link.invitation_id.bytes + link.edition.to_bytes(_EDITION, "big")
    return base64.urlsafe_b64encode(body + _seal(business_id, body)).decode().rstrip("=")


def read_invitation(business_id: UUID, token: str) -> InvitationLink | None:
    """Return what a token says; None for one that we did not make, or made for another business."""
    try:
        raw = base64.b64decode(token + "=" * (-len(token) % 4), altchars=b"-_", validate=True)
    except (ValueError, binascii.Error):
        return None
    body, seal = raw[: _ID + _EDITION], raw[_ID + _EDITION :]
    if len(raw) != _LENGTH or not hmac.compare_digest(seal, _seal(business_id, body)):
        return None
    return InvitationLink(UUID(bytes=body[:_ID]), int.from_bytes(body[_ID:], "big"))


def _seal(business_id: UUID, body: bytes) -> bytes:
    return hmac.digest(settings().invitation_key(), business_id.bytes + body, hashlib.sha256)[:_SEAL]
