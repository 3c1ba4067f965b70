"""Access tokens: JWTs that name a session row and die after a quarter of an hour."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import timedelta
from functools import lru_cache
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
        claims, not_before, expires = _verified(token, settings().jwt_key())
    except (jwt.InvalidTokenError, ValueError, TypeError, AttributeError):
        return None
    now, slack = clock.now().timestamp(), _LEEWAY.total_seconds()
    return claims if not_before - slack <= now < expires + slack else None


@lru_cache(maxsize=4096)
def _verified(token: str, key: bytes) -> tuple[Claims, float, float]:
    """Return what a genuine token says and from when to when; its times are compared by the caller, with our clock.

    Kept for tokens that are genuine alone (an error is not kept), so the signature is computed once for each.
    """
    found = jwt.decode_complete(
        token,
        key,
        algorithms=[_ALGORITHM],
        audience=_AUDIENCE,
        issuer=_ISSUER,
        options={"require": list(_REQUIRED), "verify_exp": False, "verify_nbf": False, "verify_iat": False},
    )
    header, said = found["header"], found["payload"]
    if header.get("kid") != _KEY_ID or header.get("typ") != _TYPE:
        raise ValueError("Not an access token of ours")
    claims = Claims(UUID(said["sub"]), UUID(said["sid"]), UUID(said["bid"]))
    return claims, float(said["nbf"]), float(said["exp"])
