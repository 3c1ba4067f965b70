"""Access tokens: JWTs that name a session row and die after a quarter of an hour."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import timedelta
from typing import Any
from uuid import UUID

import jwt

from app.core import clock
from app.core.config import settings
from app.core.ids import new_id

LIFETIME = timedelta(minutes=15)

_LEEWAY = timedelta(seconds=30)
_ALGORITHM = "HS256"
_ISSUER = "regulars"
_AUDIENCE = "regulars-api"
_TYPE = "at+jwt"
_KEY_ID = "1"
_REQUIRED = ("iss", "aud", "sub", "sid", "bid", "role", "iat", "nbf", "exp", "jti")
_LONGEST = 4096


@dataclass(frozen=True, slots=True)
class Claims:
    """Whose token it is; the session row decides whether it still counts."""

    user_id: UUID
    session_id: UUID
    business_id: UUID


def issue(user_id: UUID, session_id: UUID, business_id: UUID, role: str) -> str:
    """Return a signed access token (RFC 9068's type, HMAC with a key of our own)."""
    now = clock.now()
    claims: dict[str, Any] = {
        "iss": _ISSUER,
        "aud": _AUDIENCE,
        "sub": str(user_id),
        "sid": str(session_id),
        "bid": str(business_id),
        "role": role,
        "iat": now,
        "nbf": now,
        "exp": now + LIFETIME,
        "jti": str(new_id()),
    }
    return jwt.encode(claims, settings().jwt_key(), _ALGORITHM, headers={"kid": _KEY_ID, "typ": _TYPE})


def read(token: str) -> Claims | None:
    """Return the claims of a genuine token that has not run out by our clock, else None.

    The key is chosen by us: `kid` is compared, never looked up, and key addresses in the header mean nothing.
    """
    if len(token) > _LONGEST:
        return None
    try:
        found = jwt.decode_complete(
            token,
            settings().jwt_key(),
            algorithms=[_ALGORITHM],
            audience=_AUDIENCE,
            issuer=_ISSUER,
            options={"require": list(_REQUIRED), "verify_exp": False, "verify_nbf": False, "verify_iat": False},
        )
        header, claims = found["header"], found["payload"]
        if header.get("kid") != _KEY_ID or header.get("typ") != _TYPE or not _is_current(claims):
            return None
        return Claims(UUID(claims["sub"]), UUID(claims["sid"]), UUID(claims["bid"]))
    except (jwt.InvalidTokenError, ValueError, TypeError, AttributeError):
        return None


def _is_current(claims: dict[str, Any]) -> bool:
    """Compare with `clock.now()`, not with the library's own clock."""
    now = clock.now().timestamp()
    slack = _LEEWAY.total_seconds()
    return bool(claims["nbf"] - slack <= now < claims["exp"] + slack)
