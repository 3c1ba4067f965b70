"""An answer that was made a moment ago is given before Flask is asked, to whom the door would let in (ADR 30).

Most of what is asked of the API are programs, with a key, by menus and shop pages; what Flask does for any request
costs twice as much as finding the bytes to answer with. Whatever is not plainly such a request goes on to Flask, with
what is known of its caller by then, so that it is counted once.
"""

from __future__ import annotations

import time
from collections.abc import Iterable
from functools import lru_cache
from typing import TYPE_CHECKING

from flask import Flask
from werkzeug.exceptions import HTTPException

from app.api import answers, door, routing
from app.core import clock, kept_answers, request_log

if TYPE_CHECKING:
    from _typeshed.wsgi import StartResponse, WSGIApplication, WSGIEnvironment

_API = "/api/v1/"
_PATHS = 4_096


class KeptFirst:
    """Stands before an application's own WSGI callable."""

    def __init__(self, app: Flask, application: WSGIApplication) -> None:
        self._app = app
        self._application = application
        self._route_of = lru_cache(maxsize=_PATHS)(self._look_up)

    def __call__(self, environ: WSGIEnvironment, start_response: StartResponse) -> Iterable[bytes]:
        """Answer one request."""
        route = self._route_of(environ["PATH_INFO"]) if _may_be_kept(environ) else None
        if route is None:
            return self._application(environ, start_response)
        began = time.perf_counter()
        with self._app.app_context():
            body = _kept(environ, route)
        if body is None:
            return self._application(environ, start_response)
        request_id = request_log.named(environ.get("HTTP_X_REQUEST_ID", ""))
        headers = {request_log.HEADER: request_id, **door.headers_of(environ[door.KNOWN].allowance)}
        start_response("200 OK", [*answers.headers_of(body), *headers.items()])
        request_log.note(began, "GET", environ["PATH_INFO"], 200, request_id=request_id)
        return [body]

    def _look_up(self, path: str) -> routing.Route | None:
        """Return the call of the API behind this path if its answers are kept."""
        try:
            endpoint, _ = self._app.url_map.bind("").match(path, method="GET")
        except HTTPException:
            return None
        route: routing.Route | None = getattr(self._app.view_functions[endpoint], "route", None)
        return route if route is not None and route.keeps else None


def _may_be_kept(environ: WSGIEnvironment) -> bool:
    path: str = environ["PATH_INFO"]
    return environ["REQUEST_METHOD"] == "GET" and path.startswith(_API) and path.isascii()


def _kept(environ: WSGIEnvironment, route: routing.Route) -> bytes | None:
    """Return the answer that is kept for this caller; None leaves it to Flask, whatever the reason."""
    key = door.key_of(environ.get("HTTP_AUTHORIZATION", ""))
    name = f"{environ['PATH_INFO']}?{environ.get('QUERY_STRING', '')}"
    if key is None or route.keeps is None or not name.isascii():
        return None
    known = environ[door.KNOWN] = door.remembered_by_key(key, route.limit, route.keeps, name)
    if known is None or not known.is_within_limit or not known.caller.may(route.permission):
        return None
    return kept_answers.find(known.caller.business_id, route.keeps, name, clock.now(), known.along)[1]
