"""Every request has an id, taken from its caller or made here: on each log line, in the answer, in jobs and errors."""

from __future__ import annotations

import re
import time

import structlog
from flask import Flask, Response, g, request

from app.core.ids import new_id

HEADER = "X-Request-ID"

_WELL_FORMED = re.compile(r"[A-Za-z0-9._:-]{1,64}")
_QUIET = {"/healthz", "/readyz", "/metrics"}
_SECRET_PARTS = ("token", "link", "code")
"""Parts of addresses that open something for whoever has them: mailed links, links to a card, codes."""

_log = structlog.get_logger("request")


def start(app: Flask) -> None:
    """Name requests before anything else looks at them, and log each one with its time."""
    app.before_request(_begin)
    app.after_request(_end)


def request_id() -> str:
    """Return the id of the request at hand."""
    return str(g.get("request_id", ""))


def logged_path() -> str:
    """Return the address of the request at hand as it may be written down: without what would let a reader in."""
    path = request.path
    for name in _SECRET_PARTS:
        secret = (request.view_args or {}).get(name)
        path = path.replace(str(secret), f"<{name}>") if secret else path
    return path


def named(given: str) -> str:
    """Return the id that a caller gave their request, or a new one where it is not well-formed."""
    return given if _WELL_FORMED.fullmatch(given) else str(new_id())


def note(began: float, method: str, path: str, status: int, **more: str) -> None:
    """Log an answer with how long it took, in milliseconds; `began` is of time.perf_counter()."""
    took = round((time.perf_counter() - began) * 1000, 1)
    _log.info("answered", method=method, path=path, status=status, ms=took, **more)


def _begin() -> None:
    g.request_id = named(request.headers.get(HEADER, ""))
    g.began = time.perf_counter()
    structlog.contextvars.clear_contextvars()
    structlog.contextvars.bind_contextvars(request_id=g.request_id)


def _end(response: Response) -> Response:
    response.headers[HEADER] = request_id()
    if request.path not in _QUIET and not request.path.startswith("/static/"):
        note(g.get("began", time.perf_counter()), request.method, logged_path(), response.status_code)
    return response
