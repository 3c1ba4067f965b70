"""The doors of the pages: which business, who, whether they may - and one transaction around the view."""

from __future__ import annotations

import functools
from collections.abc import Callable
from typing import Any, TypeVar
from uuid import UUID

import structlog
from flask import Blueprint, Response, abort, current_app, g, make_response, redirect, request, url_for
from werkzeug.wrappers import Response as AnyResponse

from app.core.unit_of_work import platform_session, unit_of_work
from app.domain.errors import Forbidden, NotFound
from app.domain.permissions import Caller, Open, Permission
from app.queries import businesses
from app.web.support import guards
from app.web.support.htmx import wants_fragment

View = TypeVar("View", bound=Callable[..., Any])

_FIRST_ERROR = 400


def area(name: str, import_name: str, path: str = "", *, door: str = "b", is_till: bool = False) -> Blueprint:
    """Return a blueprint under /b/<slug> (staff) or, with door="m", under /m/<slug> (members).

    Its views are not given the slug, and `url_for` fills it in from the page at hand. With `is_till` a browser that
    is a paired till is let in by the PIN typed there, and by nothing else.
    """
    blueprint = Blueprint(name, import_name, url_prefix=f"/{door}/<slug>{path}")
    blueprint.url_value_preprocessor(_take_slug_at_till if is_till else _take_slug)
    return blueprint


def page(
    blueprint: Blueprint,
    path: str,
    *,
    permission: Permission | Open,
    methods: tuple[str, ...] = ("GET",),
    keeps_refusals: bool = False,
    is_sent_by_script: bool = False,
    is_proven_by_address: bool = False,
) -> Callable[[View], View]:
    """Register a view of an area, or of pages without a business, with the permission that it asks for.

    Inside an area it runs in one transaction of the business, committed when it answers below 400 and rolled back
    otherwise; with `keeps_refusals` also a refusal is committed, which counts tries. `g.caller` is who is signed in
    (staff's door). Without an area it runs in no scope. With `is_sent_by_script` it takes JSON without the token of a
    form, with `is_proven_by_address` any form without one, since a signed address is the proof
    (`guards.check_origin`).
    """

    def register(view: View) -> View:
        @functools.wraps(view)
        def serve(**parts: Any) -> AnyResponse:
            if "slug" not in g:
                return make_response(view(**parts))
            business_id = _admitted(permission)
            if business_id is None:
                return _ask_to_sign_in()
            return _in_transaction(business_id, lambda: make_response(view(**parts)), keeps_refusals)

        serve.permission = permission  # type: ignore[attr-defined]
        serve.is_sent_by_script = is_sent_by_script  # type: ignore[attr-defined]
        serve.is_proven_by_address = is_proven_by_address  # type: ignore[attr-defined]
        blueprint.add_url_rule(path, endpoint=view.__name__, view_func=serve, methods=list(methods))
        return view

    return register


def keep_slug(endpoint: str, values: dict[str, Any]) -> None:
    """Fill in the slug of the page at hand wherever an address needs one."""
    if "slug" in g and "slug" not in values and current_app.url_map.is_endpoint_expecting(endpoint, "slug"):
        values["slug"] = g.slug


def _take_slug(_endpoint: str | None, values: dict[str, Any] | None) -> None:
    g.slug = (values or {}).pop("slug")


def _take_slug_at_till(endpoint: str | None, values: dict[str, Any] | None) -> None:
    _take_slug(endpoint, values)
    g.till = None


def _admitted(permission: Permission | Open) -> UUID | None:
    """Return the business to open, None to ask for a sign-in; NotFound and Forbidden otherwise."""
    if permission in (Open.ANYONE, Open.MEMBER):
        return _open_business()
    caller = _caller()
    if caller is None:
        return None
    if not caller.may(permission):
        raise Forbidden
    g.caller = caller
    structlog.contextvars.bind_contextvars(business_id=str(caller.business_id))
    return caller.business_id


def _caller() -> Caller | None:
    """Return who asks, None for nobody; NotFound for somebody who is nothing to this business."""
    till = guards.till_here() if "till" in g else None
    if till is not None:
        g.till = guards.signed_in_at(till)
        return g.till.caller if g.till else None
    if guards.visitor() is None:
        return None
    caller = guards.caller_at(g.slug)
    if caller is None:
        raise NotFound
    return caller


def _open_business() -> UUID:
    with platform_session():
        business_id = businesses.open_business_id(g.slug)
    if business_id is None:
        raise NotFound
    return business_id


def _ask_to_sign_in() -> AnyResponse:
    """Send a browser to the log-in and back again; htmx is told to leave the page whole."""
    wanted = request.full_path.rstrip("?") if request.method == "GET" else None
    url = url_for("till_lock.locked", next=wanted) if g.get("till_here") else url_for("auth.login", next=wanted)
    if wants_fragment():
        return Response(status=401, headers={"HX-Redirect": url})
    if request.method != "GET":
        abort(401)
    return redirect(url, 303)


class _Refused(Exception):
    """Carries an answer of 400 and more out of the transaction, which is undone by it."""

    def __init__(self, response: AnyResponse) -> None:
        super().__init__(response.status_code)
        self.response = response


def _in_transaction(business_id: UUID, view: Callable[[], AnyResponse], keeps_refusals: bool) -> AnyResponse:
    try:
        with unit_of_work(business_id):
            g.business = businesses.header()
            response = view()
            if response.status_code >= _FIRST_ERROR and not keeps_refusals:
                raise _Refused(response)
            return response
    except _Refused as refused:
        return refused.response
