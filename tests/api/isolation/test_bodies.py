"""Another business's ids inside bodies and queries are answered as ids that nobody has, and nothing of it changes.

Made from the models of every call: each place where an id may stand is tried by itself in a body that is good.
"""

from __future__ import annotations

import copy
import re
from collections.abc import Iterator
from itertools import pairwise
from typing import Any
from uuid import UUID

import pytest
from flask import Flask
from pydantic import TypeAdapter
from werkzeug.routing import Rule

from app.api.examples import BODIES as EXAMPLES
from app.api.routing import Raw, Route
from app.core.ids import new_id
from app.domain.permissions import Open
from tests.api.isolation.addresses import apart, filled, seen
from tests.api.isolation.people import Asker
from tests.api.isolation.places import Place, rows_of
from tests.architecture.samples import CANARY
from tests.support.databases import Database

pytestmark = pytest.mark.timeout(600)

Way = tuple[str | int, ...]

NAMES = {"into": "member_id", "targetId": "member_id", "ids": "program_id", "locationIds": "location_id"}
"""Whose id stands under a name that does not say so itself."""
WITH_POINTS = {"programId": "points_id", "memberId": "saver_id"}
SPENDING = ("/adjustments", "/redemptions", "/rewards")
"""Calls that ask for a program with points, and for somebody who has some."""
FREE_FORM: dict[str, list[Way]] = {
    "POST /api/v1/loyalty/programs": [("locationIds", 0)],
    "PUT /api/v1/loyalty/programs/<uuid:program_id>": [("locationIds", 0)],
    "POST /api/v1/loyalty/programs/validate": [("locationIds", 0)],
    "POST /api/v1/loyalty/programs/<uuid:program_id>/validate": [("locationIds", 0)],
    "POST /api/v1/loyalty/programs/preview": [("locationIds", 0)],
    "POST /api/v1/purchases/bulk": [("purchases", 0, "memberId"), ("purchases", 0, "locationId")],
}
"""Places of ids in bodies that the domain reads by itself, or of which each part is judged by itself."""
GOOD_ANYWAY = {
    "POST /api/v1/loyalty/programs/bulk": "says what became of every id",
    "POST /api/v1/purchases/bulk": "says what became of every purchase",
    "POST /api/v1/loyalty/programs/validate": "says whether it would be good",
    "POST /api/v1/loyalty/programs/<uuid:program_id>/validate": "says whether it would be good",
    "POST /api/v1/loyalty/programs/preview": "an id is a word there that is compared with others of the body",
    "POST /api/v1/members/exports": "a filter, which finds nobody",
    "POST /api/v1/purchases/exports": "a filter, which finds nothing",
}
"""Calls that answer 2xx with an id that nobody has."""
NO_MATTER: set[tuple[str, Way]] = {
    ("POST /api/v1/loyalty/programs/preview", ("purchases", 0, name)) for name in ("memberId", "locationId")
}
"""Where one's own id is answered like another's, and why."""
FRESH = re.compile(rb"[0-9a-f]{8}-[0-9a-f]{4}-7[0-9a-f]{3}-[0-9a-f]{4}-[0-9a-f]{12}")


def _calls(app: Flask) -> Iterator[tuple[str, Rule, Route]]:
    for rule in app.url_map.iter_rules():
        route = getattr(app.view_functions[rule.endpoint], "route", None)
        if route is not None and route.permission is not Open.ANYONE:
            yield f"{route.method} {rule.rule}", rule, route


def _ways(schema: Any, defs: Any, way: Way = (), depth: int = 0) -> Iterator[Way]:
    """Every place of a schema where an id stands."""
    if "$ref" in schema:
        schema = defs[schema["$ref"].rpartition("/")[2]]
    if schema.get("format") == "uuid":
        yield way
    if depth > 8:
        return
    for option in (*schema.get("anyOf", ()), *schema.get("oneOf", ()), *schema.get("allOf", ())):
        yield from _ways(option, defs, way, depth + 1)
    for name, inner in schema.get("properties", {}).items():
        yield from _ways(inner, defs, (*way, name), depth + 1)
    if "items" in schema:
        yield from _ways(schema["items"], defs, (*way, 0), depth + 1)


def _ways_of(model: Any) -> list[Way]:
    schema = TypeAdapter(model).json_schema(by_alias=True)
    return list(dict.fromkeys(_ways(schema, schema.get("$defs", {}))))


def _part_of(way: Way, route: str) -> str:
    """The name of what stands at a place of a body: `memberId` is a `member_id`."""
    name = next(str(step) for step in reversed(way) if isinstance(step, str))
    if any(word in route for word in SPENDING) and name in WITH_POINTS:
        return WITH_POINTS[name]
    return NAMES.get(name, re.sub(r"(?<=[a-z])([A-Z])", lambda found: f"_{found[1].lower()}", name))


def _put(body: Any, way: Way, value: object) -> None:
    """Put a value into a body, with whatever must be around it."""
    for step, following in pairwise(way):
        empty: Any = [] if isinstance(following, int) else {}
        if isinstance(step, int):
            body.extend([empty] if not body else [])
        elif body.get(step) is None:
            body[step] = empty
        body = body[step]
    if isinstance(body, list):
        body[:] = [value]
    else:
        body[way[-1]] = value


def _holds(body: Any, way: Way) -> bool:
    for step in way:
        if isinstance(body, list) and (not isinstance(step, int) or not body):
            return False
        if isinstance(body, dict) and body.get(step) is None:
            return False
        body = body[step]
    return True


def _good(route: str, ways: list[Way], own: Place) -> dict[str, Any]:
    """The example of a call with our own ids in it."""
    told = re.sub(r"<(?:\w+:)?(\w+)>", r"{\1}", route.replace("/api/v1", ""))
    body = copy.deepcopy(EXAMPLES.get(told, {}))
    for way in ways:
        if _holds(body, way):
            _put(body, way, str(own.parts[_part_of(way, route)]))
    return body


def _bodies(app: Flask, own: Place) -> Iterator[tuple[str, Rule, Way, dict[str, Any]]]:
    for route, rule, declared in _calls(app):
        model = declared.body.schema if isinstance(declared.body, Raw) else declared.body
        typed = _ways_of(model) if isinstance(declared.body, Raw | type) else []
        ways = list(dict.fromkeys([*typed, *FREE_FORM.get(route, ())]))
        for way in ways:
            body = _good(route, ways, own)
            if way[-1] == "memberId":
                for one in (body, *body.get("purchases", ())):
                    one.pop("member", None)
            yield route, rule, way, body


def _said(asker: Asker, method: str, path: str, body: Any, asked: str) -> tuple[int, bytes]:
    answer = asker.ask(method, path, body)
    said = seen(answer, (asked,))
    return answer.status_code, said if answer.status_code >= 300 else FRESH.sub(b"(new)", said)


def test_the_walk_finds_the_ids_that_bodies_and_queries_have(app: Flask, own: Place) -> None:
    found = {(route.rpartition("/api/v1")[2], way) for route, _, way, _ in _bodies(app, own)}
    assert {
        ("/purchases", ("memberId",)),
        ("/purchases", ("locationId",)),
        ("/purchases/bulk", ("purchases", 0, "memberId")),
        ("/redemptions", ("rewardId",)),
        ("/redemptions", ("programId",)),
        ("/members/<uuid:member_id>/merge", ("into",)),
        ("/loyalty/programs", ("locationIds", 0)),
        ("/loyalty/programs/bulk", ("ids", 0)),
    } <= found
    assert all(_part_of(way, route) in own.parts for route, _, way, _ in _bodies(app, own))


@pytest.mark.parametrize("caller", ["owner", "owner of both", "staff's key"])
def test_another_s_id_in_a_body_is_an_id_that_nobody_has(
    app: Flask, own: Place, theirs: Place, askers: dict[str, Asker], own_database: Database, caller: str
) -> None:
    asker, wrong, before = askers[caller], [], rows_of(own_database, theirs.shop.id)
    for route, rule, way, body in _bodies(app, own):
        method, path, asked = route.partition(" ")[0], filled(rule, own.of(rule.endpoint)), []
        for one in (theirs.parts[_part_of(way, route)], new_id(), own.parts[_part_of(way, route)]):
            _put(body, way, str(one))
            asked.append(_said(asker, method, path, body, str(one)))
        (status, said), (_, nobody_said), (_, own_said) = asked
        if said == own_said and status not in (401, 403) and (route, way) not in NO_MATTER:
            wrong.append(f"{route}: {way} makes no difference, so nothing was tried: {status} {said[-300:]!r}")
        if said != nobody_said:
            wrong.append(f"{route} with another's {way}: {apart(said, nobody_said)}")
        if CANARY.encode() in said or (status < 300 and route not in GOOD_ANYWAY):
            wrong.append(f"{route} with another's {way}: {status} {said[-300:]!r}")
    assert wrong == []
    assert rows_of(own_database, theirs.shop.id) == before


@pytest.mark.parametrize("caller", ["owner", "owner of both", "staff's key"])
def test_another_s_id_in_a_query_finds_what_nobody_s_finds(
    app: Flask, own: Place, theirs: Place, askers: dict[str, Asker], caller: str
) -> None:
    asker, wrong, count = askers[caller], [], 0
    for route, rule, declared in _calls(app):
        for way in _ways_of(declared.query) if declared.query else []:
            path, count = f"{filled(rule, own.of(rule.endpoint))}?{way[0]}=", count + 1
            both = str(theirs.parts[_part_of(way, route)]), str(new_id())
            (_, said), (_, nobody_said) = (_said(asker, "GET", path + one, None, one) for one in both)
            if said != nobody_said or CANARY.encode() in said:
                wrong.append(f"{route}?{way[0]}: {apart(said, nobody_said)}")
    assert wrong == []
    assert count >= 5


def test_another_s_place_in_a_list_leads_to_one_s_own_rows(
    app: Flask, own: Place, theirs: Place, askers: dict[str, Asker]
) -> None:
    """A cursor is no key: whoever found one reads on in their own list, or is told that it is not theirs."""
    stranger, asker, count = theirs.shop.owner, askers["owner"], 0
    for _, rule, declared in _calls(app):
        fields = declared.query.model_fields if declared.query else {}
        if "cursor" not in fields:
            continue
        path = filled(rule, theirs.of(rule.endpoint)).removeprefix("/api/v1")
        cursor = stranger.get(f"{path}?limit=1").json["pagination"]["nextCursor"]
        if cursor is None:
            continue
        count += 1
        answer = asker.ask("GET", f"{filled(rule, own.of(rule.endpoint))}?limit=100&cursor={cursor}")
        assert answer.status_code in (200, 400), rule.rule
        assert CANARY not in answer.get_data(as_text=True), rule.rule
    assert count >= 5


def test_another_s_idempotency_key_is_nobody_s(app: Flask, own: Place, theirs: Place) -> None:
    body, key = {"name": "Main"}, str(new_id())
    first = theirs.shop.owner.post("/locations", body, Idempotency_Key=key)
    second = own.shop.owner.post("/locations", body, Idempotency_Key=key)
    assert (first.status_code, second.status_code) == (201, 201)
    assert "Idempotency-Replayed" not in second.headers
    assert UUID(first.json["id"]) != UUID(second.json["id"])
