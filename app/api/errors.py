"""Errors of the API: RFC 9457 problem answers with a code, the request's id, and every violation at once."""

from __future__ import annotations

from collections.abc import Mapping
from http import HTTPStatus
from typing import Any

import structlog
from flask import Response
from werkzeug.exceptions import HTTPException

from app.api.answers import encode
from app.core import faults
from app.core.config import settings
from app.core.limits import LimitsAway
from app.core.request_log import request_id
from app.domain import errors
from app.queries.paging import UnknownCursor

PROBLEM = "application/problem+json"

_log = structlog.get_logger(__name__)

_CODES = {400: "malformed_request", 401: "unauthorized", 404: "not_found", 405: "method_not_allowed"}
_CODES |= {413: "too_large", 415: "unsupported_media_type", 429: "rate_limited"}
_DETAILS = {
    400: "The request could not be read",
    404: "There is nothing here under this id",
    405: "This address does not take that method",
    413: "The body is larger than is taken here",
    415: "Send application/json",
}
_FAULTS = {
    "read_only": (503, "read_only", "Nothing can be written at the moment; try again soon", "15"),
    "busy": (503, "busy", "The system is busy; try again at once", "1"),
    "try_again": (503, "busy", "The system is busy; try again at once", "1"),
}
_CLOSED = "Nobody can sign in or up for a moment; whoever is signed in goes on"


class Problem(Exception):
    """An answer that is an error of the request itself, raised at the door."""

    def __init__(
        self, status: int, code: str, detail: str, *, headers: Mapping[str, str] | None = None, **members: Any
    ) -> None:
        super().__init__(detail)
        self.status = status
        self.code = code
        self.detail = detail
        self.headers = dict(headers or {})
        self.members = members


def unauthorized() -> Problem:
    """No or no good token; the same answer for every reason."""
    headers = {"WWW-Authenticate": "Bearer"}
    return Problem(401, "unauthorized", "A valid access token or API key is needed", headers=headers)


def answer_error(error: Exception) -> Response:
    """Return the problem answer for anything that was raised; what nobody foresaw is logged and says nothing."""
    problem = error if isinstance(error, Problem) else _problem(error)
    if problem.status == HTTPStatus.INTERNAL_SERVER_ERROR:
        _log.error("unforeseen", exc_info=error)
    body = {
        "type": f"{settings().base_url}/api/problems/{problem.code}",
        "title": HTTPStatus(problem.status).phrase,
        "status": problem.status,
        "detail": problem.detail,
        "code": problem.code,
        "requestId": request_id(),
        **problem.members,
    }
    response = Response(encode(body), problem.status, mimetype=PROBLEM)
    response.headers["Cache-Control"] = "no-store"
    response.headers.update(problem.headers)
    return response


def _problem(error: Exception) -> Problem:
    match error:
        case errors.DomainError():
            return _of_domain(error)
        case HTTPException():
            return _of_http(error)
        case UnknownCursor():
            return Problem(400, "invalid_query", "The cursor is not one of ours")
        case LimitsAway():
            return Problem(503, "tries_closed", _CLOSED, headers={"Retry-After": "15"})
        case _:
            return _of_fault(error)


def _of_fault(error: Exception) -> Problem:
    fault = faults.fault(error)
    if fault == "moved":
        return _of_domain(errors.PreconditionFailed())
    if fault is not None:
        status, code, detail, wait = _FAULTS[fault]
        _log.warning("database_fault", fault=fault, error=str(error))
        return Problem(status, code, detail, headers={"Retry-After": wait})
    return Problem(500, "internal", "Something went wrong here; the request id finds it in our log")


def _of_domain(error: errors.DomainError) -> Problem:
    match error:
        case errors.ValidationErrors():
            return Problem(422, error.code, "Some fields need another value", errors=error.errors)
        case errors.Conflict():
            return Problem(409, error.code, error.message)
        case errors.Forbidden():
            return Problem(403, "forbidden", "Your role or key does not allow this")
        case errors.PreconditionFailed():
            return Problem(412, "version_moved", "It has been changed since the version you name")
        case _:
            return Problem(404, _CODES[404], _DETAILS[404])


def _of_http(error: HTTPException) -> Problem:
    status = error.code or 500
    allow = {"Allow": error.get_response().headers["Allow"]} if status == HTTPStatus.METHOD_NOT_ALLOWED else {}
    detail = _DETAILS.get(status, HTTPStatus(status).phrase)
    return Problem(status, _CODES.get(status, "refused"), detail, headers=allow)
