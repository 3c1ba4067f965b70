"""`route`: declares one call of the API - who may, what goes in, what comes out - and leads each request through it."""

from __future__ import annotations

import inspect
from collections.abc import Callable, Mapping
from contextlib import AbstractContextManager, nullcontext
from dataclasses import dataclass
from typing import Any, Literal, TypeVar

from flask import Blueprint, Response, g, request
from pydantic import BaseModel

from app.api import bodies, door, idempotency
from app.api.answers import Answer, Download, answer_of, encode, respond, sent
from app.core import clock, faults, kept_answers
from app.core.config import settings
from app.core.unit_of_work import platform_session, unit_of_work
from app.domain.body import Body, parsed
from app.domain.permissions import Caller, Open, Permission

Scope = Literal["business", "platform", "none"]
View = TypeVar("View", bound=Callable[..., Any])

_TRIES = 3


@dataclass(frozen=True, slots=True)
class Raw:
    """A body that the view wants as a plain dict, because the domain itself reads it; `schema` documents it."""

    schema: Any = dict[str, Any]


@dataclass(frozen=True, slots=True)
class File:
    """A body, or an answer, that is a file of one of these content types; a view is given it as bytes.

    `name` is the file in examples, `about` says what is in it.
    """

    kinds: tuple[str, ...]
    name: str
    about: str


@dataclass(frozen=True, slots=True, eq=False)
class Route:
    """What is known of one call; `openapi` reads it from the view function."""

    method: str
    permission: Permission | Open
    answers: Mapping[int, Any]
    body: type[BaseModel] | Raw | File | None
    query: type[BaseModel] | None
    limit: str
    scope: Scope
    secrets: tuple[str, ...]
    wants: frozenset[str]
    summary: str
    keeps: str | None
    leads_to: str | None

    @property
    def status(self) -> int:
        """The status of a success: the first that is declared."""
        first: int = next(iter(self.answers))
        return first

    @property
    def takes_idempotency_key(self) -> bool:
        """Say whether an Idempotency-Key counts: any POST outside /auth."""
        return self.method == "POST" and self.permission is not Open.ANYONE


def route(
    blueprint: Blueprint,
    method: str,
    path: str,
    *,
    permission: Permission | Open,
    answers: Mapping[int, Any],
    body: type[BaseModel] | Raw | File | None = None,
    query: type[BaseModel] | None = None,
    limit: Literal["management", "ingest", "look_up", "secret"] = "management",
    scope: Scope | None = None,
    secrets: tuple[str, ...] = (),
    keeps: str | None = None,
    leads_to: str | None = None,
) -> Callable[[View], View]:
    """Register a view under a method and path.

    The view is given, by the names of its parameters: `caller` (Caller), `body`, `query`, `if_match` (int or None),
    and the parts of the path. It runs in one transaction of the caller's business and returns the answer's value
    (None: 204), an Answer or a Download. `answers` maps each status to the model of its body (None: no body, File: a
    file), success first.
    `secrets` are fields of the answer that an Idempotency-Key must not keep. `keeps` names a kind of core.kept_answers,
    for a GET whose answer is the same for all who may ask. `leads_to` is the path, below /api/v1, that the `Location`
    of a good answer names; `{id}` is the answer's id.
    """

    def register(view: View) -> View:
        wants = frozenset(inspect.signature(view).parameters)
        opened: Scope = scope or ("platform" if permission is Open.ANYONE else "business")
        summary = (inspect.getdoc(view) or "").partition("\n")[0].rstrip(".")
        declared = Route(
            method, permission, answers, body, query, limit, opened, secrets, wants, summary, keeps, leads_to
        )

        def serve(**path_parts: Any) -> Response:
            return _serve(declared, view, path_parts)

        serve.__name__ = view.__name__
        serve.__doc__ = view.__doc__
        serve.route = declared  # type: ignore[attr-defined]
        serve.permission = permission  # type: ignore[attr-defined]
        blueprint.add_url_rule(path, view_func=serve, methods=[method], endpoint=view.__name__)
        return view

    return register


def _serve(declared: Route, view: Callable[..., Any], path_parts: dict[str, Any]) -> Response:
    caller = door.admit(declared.permission, declared.limit, declared.keeps)
    g.caller = caller
    given = path_parts | _inputs(declared, caller)
    if declared.keeps is not None and caller is not None:
        return _kept(declared, declared.keeps, caller, view, given)
    answer = _transact(declared, caller, lambda: answer_of(view(**given), declared.status))
    if isinstance(answer, Response):
        return _located(declared, answer)
    answer = _finished(declared, caller, answer)
    if isinstance(answer.body, Download):
        return sent(answer.body)
    body = b"" if answer.body is None else encode(answer.body)
    return _located(declared, respond(body, answer.status or declared.status, answer.headers))


def _finished(declared: Route, caller: Caller | None, answer: Answer) -> Answer:
    """What is answered once the effect is committed; an Idempotency-Key gives that again, too."""
    if answer.finish is None:
        return answer
    finished = answer_of(answer.finish(answer), declared.status)
    if finished is not answer and caller is not None and declared.takes_idempotency_key:
        with _opened(declared.scope, caller):
            idempotency.keep_finished(caller, declared.secrets, finished)
    return finished


def _located(declared: Route, response: Response) -> Response:
    """Say where what was started or made is read; also when a key answers again."""
    if declared.leads_to is not None:
        path = declared.leads_to.format(id=response.get_json()["id"])
        response.headers["Location"] = f"{settings().base_url}/api/v1{path}"
    return response


def _kept(declared: Route, kind: str, caller: Caller, view: Callable[..., Any], given: dict[str, Any]) -> Response:
    """Answer with the bytes that were made for somebody else a moment ago, or make them."""
    name, now = request.full_path, clock.now()
    edition, body = kept_answers.find(caller.business_id, kind, name, now, door.read_along())
    if body is None:
        answer = _transact(declared, caller, lambda: answer_of(view(**given), declared.status))
        assert isinstance(answer, Answer)
        body = encode(answer.body)
        kept_answers.keep(caller.business_id, kind, name, now, edition, answer.body, body)
    return respond(body, declared.status)


def _inputs(declared: Route, caller: Caller | None) -> dict[str, Any]:
    """Read what the view wants of the request; queries and bodies are checked even by views that take none."""
    query = bodies.read_query(declared.query or _NoQuery, request.args)
    found: dict[str, Any] = {"caller": caller, "query": query}
    if isinstance(declared.body, Raw):
        found["body"] = bodies.read_json()
    elif isinstance(declared.body, File):
        found["body"] = bodies.read_file(declared.body.kinds)
    elif declared.body is not None:
        found["body"] = parsed(declared.body, bodies.read_json())
    elif declared.method != "GET" and request.get_data():
        parsed(_NoBody, bodies.read_json())
    if "if_match" in declared.wants:
        found["if_match"] = bodies.if_match()
    return {name: value for name, value in found.items() if name in declared.wants}


def _transact(declared: Route, caller: Caller | None, work: Callable[[], Answer]) -> Answer | Response:
    """Run the work in its transaction; one that a deadlock undid is done again, since nothing of it is left."""
    for attempt in range(1, _TRIES + 1):
        try:
            with _opened(declared.scope, caller):
                if caller is not None and declared.takes_idempotency_key:
                    return idempotency.once(caller, declared.secrets, work)
                return work()
        except Exception as error:
            if attempt == _TRIES or faults.fault(error) != "try_again":
                raise
    raise AssertionError("unreachable")


def _opened(scope: Scope, caller: Caller | None) -> AbstractContextManager[Any]:
    if scope == "business":
        assert caller is not None
        return unit_of_work(caller.business_id)
    return platform_session() if scope == "platform" else nullcontext()


class _NoQuery(BaseModel, extra="forbid"):
    pass


class _NoBody(Body):
    pass
