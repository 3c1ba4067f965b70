"""How often somebody may try: pages that take a secret, send a mail or look people up count each try."""

from __future__ import annotations

from flask import request
from werkzeug.exceptions import TooManyRequests

from app.core import limits
from app.core.config import settings


def count_try(what: str, whose: str | None = None) -> None:
    """Count a try of a secret, of this network address or of somebody named; too many are answered 429.

    Raises LimitsAway, answered 503, while tries cannot be counted.
    """
    _count(settings().auth_rate_limit, what, whose, guards_secret=True)


def count_look_up() -> None:
    """Count a search for people or codes from this network address; too many are answered 429."""
    _count(settings().lookup_rate_limit, "look-ups", None, guards_secret=False)


def _count(limit: str, what: str, whose: str | None, *, guards_secret: bool) -> None:
    allowance = limits.hit(limit, what, whose or request.remote_addr or "", guards_secret=guards_secret)
    if allowance is not None and allowance.is_over:
        raise TooManyRequests(retry_after=allowance.reset_seconds)
