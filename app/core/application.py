"""Flask as this product uses it: views are plain functions, and only pages have Flask's session."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from flask import Flask, Request
from flask.sessions import SecureCookieSession, SecureCookieSessionInterface

_CALLS = "/api/v1/"
"""Below /api there are pages, too: the reference and what the problems mean."""


class PageSessions(SecureCookieSessionInterface):
    """Flask's session for pages alone: the API reads no cookie, sets none, and whoever writes into it fails."""

    def open_session(self, app: Flask, request: Request) -> SecureCookieSession | None:
        """Return the session of a page, None for a call of the API."""
        return None if request.path.startswith(_CALLS) else super().open_session(app, request)


class Application(Flask):
    """No view or hook is a coroutine, so none is asked on every request whether it is one."""

    session_interface = PageSessions()

    def ensure_sync(self, func: Callable[..., Any]) -> Callable[..., Any]:
        """Return the function as it is."""
        return func
