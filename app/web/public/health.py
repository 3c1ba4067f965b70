"""What machines ask: alive, ready, and how much."""

from __future__ import annotations

import hmac
from typing import Any

from flask import Blueprint, Response, abort, request
from prometheus_client import CONTENT_TYPE_LATEST, generate_latest

from app.core.config import settings
from app.core.health import failing
from app.domain.permissions import Open
from app.web.support.doors import page
from app.web.support.guards import is_on_this_machine

bp = Blueprint("health", __name__)


@page(bp, "/healthz", permission=Open.ANYONE)
def alive() -> dict[str, str]:
    """Say that the process answers; nothing else is asked."""
    return {"status": "ok"}


@page(bp, "/readyz", permission=Open.ANYONE)
def ready() -> Any:
    """Say whether everything needed is there, and what is down (503)."""
    down = failing()
    return ({"status": "down", "down": down}, 503) if down else {"status": "ok", "down": {}}


@page(bp, "/metrics", permission=Open.ANYONE)
def metrics() -> Response:
    """Answer Prometheus: on this machine, or with the token; to others the page does not exist."""
    token = settings().metrics_token
    given = request.headers.get("Authorization", "").removeprefix("Bearer ")
    is_known = bool(token) and hmac.compare_digest(given.encode(), token.encode())
    if not is_known and not is_on_this_machine():
        abort(404)
    return Response(generate_latest(), content_type=CONTENT_TYPE_LATEST)
