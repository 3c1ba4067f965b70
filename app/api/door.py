"""The API's door: a bearer token or key says who and which business; the session cookie is never read."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from uuid import UUID

from flask import g, request

from app.api.errors import Problem, unauthorized
from app.core import kept_answers, limits
from app.core.access_tokens import Claims, read
from app.core.config import settings
from app.core.limits import Allowance
from app.core.passwords import digest
from app.core.unit_of_work import after_commit, platform_session
from app.domain.errors import Forbidden
from app.domain.permissions import Caller, Open, Permission
from app.queries import callers
from app.queries.callers import Remembered
from app.services.api_keys import note_key_used

KNOWN = "regulars.known"
"""Where a request's environment has what `remembered_by_key` found, None included, if it was asked before Flask."""

_SCHEME = "Bearer "
_LONGEST_KEY = 256


def admit(permission: Permission | Open, limit: str, keeps: str | None = None) -> Caller | None:
    """Return the caller, None on routes open to anyone; raises 401, 429 or Forbidden, in this order, or LimitsAway.

    What Redis has of kept answers of the kind `keeps` is read along, for `read_along`.
    """
    if permission is Open.ANYONE:
        is_guessed = limit == "secret"  # a refresh token cannot be guessed, so it needs no Redis
        _check(limits.hit(settings().auth_rate_limit, "address", _address(), guards_secret=is_guessed))
        return None
    g.keeps = keeps
    caller = _caller(limit)
    if not caller.may(permission):
        raise Forbidden
    return caller


def key_of(header: str) -> str | None:
    """Return the API key in an Authorization header, None if it has none."""
    token = _token(header)
    return token if token.startswith(callers.KEY_PREFIX) else None


def remembered_by_key(key: str, limit: str, keeps: str, asked: str) -> Remembered | None:
    """Return who is remembered behind a key, counted against their limit, with what is kept of the answer asked for."""
    business_id = _business_of(key)
    if business_id is None:
        return None
    return _remembered(business_id, callers.key_cache_name(digest(key)), limit, keeps, asked)


def _caller(limit: str) -> Caller:
    token = _token(request.headers.get("Authorization", ""))
    found = _by_key(token, limit) if token.startswith(callers.KEY_PREFIX) else _by_access_token(token, limit)
    if found is None:
        raise unauthorized()
    return found


def _token(header: str) -> str:
    return header[len(_SCHEME) :] if header.startswith(_SCHEME) else ""


def _by_access_token(token: str, limit: str) -> Caller | None:
    claims: Claims | None = read(token) if token else None
    if claims is None:
        return None
    found = _known(claims.business_id, f"session:{claims.session_id}", limit, lambda: callers.by_session(claims))
    return found if found is not None and found.principal_id == claims.user_id else None


def _by_key(key: str, limit: str) -> Caller | None:
    business_id = _business_of(key)
    if business_id is None:
        return None
    name = callers.key_cache_name(digest(key))
    return _known(business_id, name, limit, lambda: _noted(callers.by_api_key(business_id, key)))


def _business_of(key: str) -> UUID | None:
    return callers.business_of_key(key) if len(key) <= _LONGEST_KEY else None


def _noted(caller: Caller | None) -> Caller | None:
    """Note the use of a key once its look-up is done; where nothing can be written, it is let in all the same."""
    if caller is not None:
        after_commit(lambda: _note(caller.principal_id))
    return caller


def _note(key_id: UUID) -> None:
    with platform_session():
        note_key_used(key_id)


def _known(business_id: UUID, name: str, limit: str, look_up: Callable[[], Caller | None]) -> Caller | None:
    """Return the caller from memory or by the look-up, counted against the limit of their business."""
    before: dict[str, Remembered | None] = request.environ
    known = before[KNOWN] if KNOWN in before else _remembered(business_id, name, limit, g.keeps, request.full_path)
    if known is None:
        with platform_session():
            found = look_up()
        allowance = limits.hit(*_limit(limit), str(business_id)) if found is not None else None
    else:
        found, allowance, g.along = known.caller, known.allowance, known.along
    _check(allowance)
    if found is not None and limit == "look_up":
        _check_look_up()
    return found


def _remembered(business_id: UUID, name: str, limit: str, keeps: str | None, asked: str) -> Remembered | None:
    along = kept_answers.keys(business_id, keeps, asked) if keeps else ()
    return callers.remembered(business_id, name, *_limit(limit), along)


def _limit(limit: str) -> tuple[str, str]:
    """Return how much a route's limit allows, and what it is counted as."""
    if limit == "management":
        return settings().api_rate_limit, limit
    return settings().api_ingest_rate_limit, "ingest"


def read_along() -> Sequence[bytes | None] | None:
    """Return what Redis had of a kept answer when it knew the caller; None when it did not."""
    found: Sequence[bytes | None] | None = g.get("along")
    return found


def _check_look_up() -> None:
    """Refuse an address that looks up too much, whichever keys it has; the headers stay those of the business."""
    allowance = limits.hit(settings().lookup_rate_limit, "look-ups", _address())
    if allowance is not None and allowance.is_over:
        _check(allowance)


def _check(allowance: Allowance | None) -> None:
    """Refuse who is over the limit; `limit_headers` tells everybody how much is left."""
    g.allowance = allowance
    if allowance is not None and allowance.is_over:
        raise Problem(429, "rate_limited", "Too many requests; wait before the next", headers=_wait(allowance))


def limit_headers() -> dict[str, str]:
    """Return the RateLimit headers of this request."""
    return headers_of(g.get("allowance"))


def headers_of(allowance: Allowance | None) -> dict[str, str]:
    """Return the RateLimit headers that tell of an allowance."""
    if allowance is None:
        return {}
    return {
        "RateLimit-Limit": str(allowance.limit),
        "RateLimit-Remaining": str(allowance.remaining),
        "RateLimit-Reset": str(allowance.reset_seconds),
    }


def _address() -> str:
    return request.remote_addr or ""


def _wait(allowance: Allowance) -> dict[str, str]:
    return {"Retry-After": str(allowance.reset_seconds)}
