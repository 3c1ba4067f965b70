"""Errors of the pages: a page for people, a short answer for htmx, never a word about what went wrong inside."""

from __future__ import annotations

import structlog
from flask import Response, make_response, render_template, request
from flask_wtf.csrf import CSRFError
from werkzeug.exceptions import HTTPException, TooManyRequests
from werkzeug.wrappers import Response as AnyResponse

from app.core import faults
from app.core.limits import LimitsAway
from app.core.request_log import request_id
from app.domain import errors
from app.web.support.htmx import wants_fragment

_log = structlog.get_logger(__name__)

_SECRET = ("password", "pin", "secret", "token")
_MOST_KEPT = 200_000  # characters: more than any form of ours, less than would make a page of it slow

_PAGES = {403, 404, 413, 429, 500, 503}
_NEAREST = {400: 403, 401: 403, 405: 404, 409: 403, 412: 403, 415: 403, 422: 403}


def answer_error(error: Exception) -> AnyResponse:
    """Return the error's page with its status."""
    if isinstance(error, HTTPException) and error.code is not None and error.code < 400:
        return error.get_response()
    status = _status(error)
    is_closed = isinstance(error, LimitsAway)  # which has said so in the log already
    if status >= 500 and not is_closed:
        _log.error("page_failed", status=status, exc_info=error)
    response = _page(status, is_closed=is_closed)
    if status == 503:
        response.headers["Retry-After"] = "15"
    if isinstance(error, TooManyRequests) and error.retry_after is not None:
        response.headers["Retry-After"] = str(error.retry_after)
    return response


def _status(error: Exception) -> int:
    if isinstance(error, CSRFError):
        return 403
    if isinstance(error, LimitsAway):
        return 503
    if isinstance(error, HTTPException):
        return error.code or 500
    if isinstance(error, errors.DomainError):
        return _of_domain(error)
    fault = faults.fault(error)
    if fault == "moved":
        return 409
    return 503 if fault else 500


def _of_domain(error: errors.DomainError) -> int:
    match error:
        case errors.Forbidden():
            return 403
        case errors.ValidationErrors():
            return 422
        case errors.Conflict() | errors.PreconditionFailed():
            return 409
        case _:
            return 404


def _page(status: int, *, is_closed: bool) -> AnyResponse:
    if wants_fragment():
        return Response(status=status)
    name = "closed" if is_closed else status if status in _PAGES else _NEAREST.get(status, 500)
    context = {"request_id": request_id(), "kept": _typed() if status >= 500 and not is_closed else []}
    return make_response(render_template(f"errors/{name}.html", **context), status)


def _typed() -> list[tuple[str, str]]:
    """Return the fields of the form that could not be saved, so that it can be sent again from the error's page.

    Nothing for forms with files, which a page cannot hold, and for those with secrets, which it must not.
    """
    if request.method != "POST" or request.files:
        return []
    fields = [(name, value) for name, value in request.form.items(multi=True) if name != "csrf_token"]
    is_secret = any(part in name.lower() for name, _ in fields for part in _SECRET)
    is_long = sum(len(value) for _, value in fields) > _MOST_KEPT
    return [] if is_secret or is_long else fields
