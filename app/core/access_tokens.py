"""Access tokens: JWTs that name a session row and die after a quarter of an hour."""

from __future__ import annotations

import json
from dataclasses import dataclass
from datetime import timedelta
from functools import lru_cache
from typing import Any
from uuid import UUID

import jwt
from jwt.utils import base64url_decode

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
_HEADER = {"typ": _TYPE, "alg": _ALGORITHM, "kid": _KEY_ID}
_CLAIMS = {"iss", "aud", "sub", "sid", "bid", "role", "iat", "nbf", "exp", "jti"}
_LONGEST = 4096
_END_OF_TIME = 1 << 40


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

    The key and the algorithm are chosen by us: a header that says anything but what `issue` writes is refused, so no
    key of its own, no key address and no extension of it can mean anything.
    """
    if len(token) > _LONGEST or "=" in token:  # padding, which our library takes, would be another spelling
        return None
    try:
        claims, begins, ends = _verified(token, settings().jwt_key())
    except (jwt.InvalidTokenError, ValueError, TypeError, AttributeError, RecursionError):
        return None
    now, slack = clock.now().timestamp(), _LEEWAY.total_seconds()
    return claims if begins - slack <= now < ends + slack else None


@lru_cache(maxsize=4096)
def _verified(token: str, key: bytes) -> tuple[Claims, int, int]:
    """Return what a genuine token says and from when to when; its times are compared by the caller, with our clock.

    Kept for tokens that are genuine alone (an error is not kept), so the signature is computed once for each.
    """
    jwt.decode_complete(
        token,
        key,
        algorithms=[_ALGORITHM],
        audience=_AUDIENCE,
        issuer=_ISSUER,
        options={
            "require": list(_CLAIMS),
            "strict_aud": True,
            "verify_exp": False,
            "verify_nbf": False,
            "verify_iat": False,
        },
    )
    header, said = (_read_once(segment) for segment in token.split(".")[:2])
    if header != _HEADER or said.keys() != _CLAIMS:
        raise ValueError("Not an access token of ours")
    issued, begins, ends = (_seconds(said[name]) for name in ("iat", "nbf", "exp"))
    UUID(said["jti"])
    return Claims(UUID(said["sub"]), UUID(said["sid"]), UUID(said["bid"])), max(issued, begins), ends


def _read_once(segment: str) -> dict[str, Any]:
    """Read a part of a token in which no name may be there twice."""
    return dict(json.loads(base64url_decode(segment), object_pairs_hook=_unambiguous))


def _unambiguous(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    found = dict(pairs)
    if len(found) != len(pairs):
        raise ValueError("A name is there twice")
    return found


def _seconds(value: object) -> int:
    """Return a time as `issue` writes it, and nothing else that compares like a number."""
    if type(value) is not int or not 0 < value < _END_OF_TIME:
        raise ValueError("Not a time of ours")
    return value
