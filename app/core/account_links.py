"""Links in mails to people with an account: signed, running out, and void once the password has changed."""

from __future__ import annotations

import base64
import binascii
import hashlib
import hmac
from dataclasses import dataclass
from datetime import UTC, datetime
from enum import StrEnum
from uuid import UUID

from app.core.config import settings

_ID, _TIME, _SEAL = 16, 5, 16


class Purpose(StrEnum):
    """What a link is for; one for another purpose opens nothing."""

    RESET = "reset"
    DRAFT = "draft"


@dataclass(frozen=True, slots=True)
class AccountLink:
    """Whose link, until when, and about which thing of which business, if it is about one."""

    purpose: Purpose
    user_id: UUID
    until: datetime
    business_id: UUID | None = None
    thing_id: UUID | None = None


def account_token(link: AccountLink, password_hash: str) -> str:
    """Return the token: what the link says and a 128-bit seal over it, its purpose and the present password's hash."""
    about = b"".join(each.bytes for each in (link.business_id, link.thing_id) if each is not None)
    body = link.user_id.bytes + int(link.until.timestamp()).to_bytes(_TIME, "big") + about
    return base64.urlsafe_b64encode(body + _seal(link.purpose, body, password_hash)).decode().rstrip("=")


def user_of_token(token: str) -> UUID | None:
    """Return whose link a token says it is; nothing is proven by that yet."""
    raw = _raw(token)
    return None if raw is None else UUID(bytes=raw[:_ID])


def read_account_link(token: str, purpose: Purpose, password_hash: str, now: datetime) -> AccountLink | None:
    """Return what a genuine link says; None for one of another purpose, made for another password, or run out."""
    raw = _raw(token)
    if raw is None:
        return None
    body, seal = raw[:-_SEAL], raw[-_SEAL:]
    if not hmac.compare_digest(seal, _seal(purpose, body, password_hash)):
        return None
    until = datetime.fromtimestamp(int.from_bytes(body[_ID : _ID + _TIME], "big"), UTC)
    about = body[_ID + _TIME :]
    ids = (UUID(bytes=about[:_ID]), UUID(bytes=about[_ID:])) if about else (None, None)
    return AccountLink(purpose, UUID(bytes=body[:_ID]), until, *ids) if now < until else None


def _raw(token: str) -> bytes | None:
    try:
        raw = base64.b64decode(token + "=" * (-len(token) % 4), altchars=b"-_", validate=True)
    except (ValueError, binascii.Error):
        return None
    return raw if len(raw) in (_ID + _TIME + _SEAL, 3 * _ID + _TIME + _SEAL) else None


def _seal(purpose: Purpose, body: bytes, password_hash: str) -> bytes:
    sealed = b"\0".join((purpose.value.encode(), password_hash.encode(), body))
    return hmac.digest(settings().account_key(), sealed, hashlib.sha256)[:_SEAL]
