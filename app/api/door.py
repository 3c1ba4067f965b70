"""The API's door: a bearer token or key says who and which business; the session cookie is never read."""

from __future__ import annotations

from flask import g, request

from app.api.errors import Problem, unauthorized
from app.core import limits
from app.core.access_tokens import Claims, read
from app.core.config import settings
from app.core.limits import Allowance
from app.core.passwords import digest
from app.core.unit_of_work import platform_session
from app.domain.errors import Forbidden
from app.domain.permissions import Caller, Open, Permission
from app.queries import callers

_SCHEME = "Bearer "
_SOONEST = 256


def admit(permission: Permission | Open, limit: str) -> Caller | None:
    """Return the caller, None on routes open to anyone; raises 401, 429 or Forbidden, in this order."""
    if permission is Open.ANYONE:
        _count("address", request.remote_addr or "", settings().auth_rate_limit)
        return None
    caller = _caller()
    _count(limit, str(caller.business_id), _limit_of(limit))
    if not caller.may(permission):
        raise Forbidden
    return caller


def _caller() -> Caller:
    header = request.headers.get("Authorization", "")
    token = header[len(_SCHEME) :].strip() if header.startswith(_SCHEME) else ""
    found = _by_key(token) if token.startswith(callers.KEY_PREFIX) else _by_access_token(token)
    if found is None:
        raise unauthorized()
    return found


def _by_access_token(token: str) -> Caller | None:
    claims: Claims | None = read(token) if token else None
    if claims is None:
        return None
    found = callers.remembered(claims.business_id, f"session:{claims.session_id}")
    if found is None:
        with platform_session():
            return callers.by_session(claims)
    return found if found.principal_id == claims.user_id else None


def _by_key(key: str) -> Caller | None:
    business_id = callers.business_of_key(key)
    if business_id is None or len(key) > _SOONEST:
        return None
    found = callers.remembered(business_id, callers.key_cache_name(digest(key)))
    if found is None:
        with platform_session():
            return callers.by_api_key(business_id, key)
    return found


def _limit_of(limit: str) -> str:
    return settings().api_ingest_rate_limit if limit == "ingest" else settings().api_rate_limit


def _count(name: str, key: str, limit: str) -> None:
    """Count the request; its headers are added by `limit_headers` to whatever is answered."""
    g.allowance = limits.hit(limit, name, key)
    if g.allowance is not None and g.allowance.is_over:
        raise Problem(429, "rate_limited", "Too many requests; wait before the next", headers=_wait(g.allowance))


def limit_headers() -> dict[str, str]:
    """Return the RateLimit headers of this request."""
    allowance: Allowance | None = g.get("allowance")
    if allowance is None:
        return {}
    return {
        "RateLimit-Limit": str(allowance.limit),
        "RateLimit-Remaining": str(allowance.remaining),
        "RateLimit-Reset": str(allowance.reset_seconds),
    }


def _wait(allowance: Allowance) -> dict[str, str]:
    return {"Retry-After": str(allowance.reset_seconds)}
