"""No business sees another: what is another's is answered as what nobody has, byte for byte, and no row changes.

Made from the URL map: every address in which something of a business is named, for everybody there is.
"""

from __future__ import annotations

import re
from typing import Any

import pytest
from flask import Flask
from werkzeug.test import TestResponse

from app.api.examples import BODIES as EXAMPLES
from app.domain.permissions import Open
from tests.api.isolation.addresses import apart, filled, questions, routes, seen
from tests.api.isolation.people import Asker
from tests.api.isolation.places import Place, rows_of
from tests.architecture.audit_walk import picture
from tests.architecture.samples import CANARY
from tests.support.databases import Database

pytestmark = pytest.mark.timeout(600)  # some thousand requests

CALLERS = (
    "owner", "manager", "staff", "owner of both", "open till", "manager's key", "staff's key", "member", "anonymous",
)  # fmt: skip
SIGN_INS = ("/login", "/till/lock", "/sign-in")
FORMS = {"POST /b/<slug>/redemptions/<uuid:redemption_id>/move": {"to": "approved"}}
_MEMBERS = "/b/<slug>/members"
_PORTAL = "/m/<slug>"
OPEN: dict[str, tuple[int, ...]] = {
    # Done already, whoever's it is: there is nothing to take away.
    "POST /b/<slug>/attention/tills/<uuid:device_id>/pins/<uuid:staff_id>": (303,),
    f"POST {_MEMBERS}/<uuid:member_id>/tags/<uuid:tag_id>/remove": (303,),
    f"POST {_MEMBERS}/fields/<key>/remove": (303,),
    # Adds up what is typed, and saves nothing.
    f"POST {_MEMBERS}/<uuid:member_id>/adjust/after": (200,),
    # Asks everybody for a code and finds every code wrong, so that nobody learns who is a member.
    f"GET {_PORTAL}/enter/<uuid:challenge_id>": (200,),
    f"POST {_PORTAL}/enter/<uuid:challenge_id>": (422,),
    f"GET {_PORTAL}/enter/<uuid:challenge_id>/<link>": (200,),
    f"POST {_PORTAL}/enter/<uuid:challenge_id>/<link>": (422,),
    f"GET {_PORTAL}/profile/contact/<uuid:challenge_id>": (200,),
    f"POST {_PORTAL}/profile/contact/<uuid:challenge_id>": (422,),
}
"""Where another answer than a refusal is right, byte for byte the same as for what nobody has."""


def test_the_walk_knows_everybody_and_has_a_row_for_every_name(
    app: Flask, own: Place, theirs: Place, askers: dict[str, Asker]
) -> None:
    assert tuple(sorted(askers)) == tuple(sorted(CALLERS))
    found = routes(app)
    assert len(found) > 150
    for _, rule in found:
        assert list(questions(rule, own.of(rule.endpoint), theirs.of(rule.endpoint))), rule.rule


@pytest.mark.parametrize("caller", CALLERS)
def test_what_is_another_s_is_answered_as_what_nobody_has(
    app: Flask, own: Place, theirs: Place, askers: dict[str, Asker], own_database: Database, caller: str
) -> None:
    asker, wrong = askers[caller], []
    asker.ask("GET", "/api/v1/me")  # a key's first use is noted in its row
    before = rows_of(own_database)
    for method, rule in routes(app):
        route = f"{method} {rule.rule}"
        for question in questions(rule, own.of(rule.endpoint), theirs.of(rule.endpoint)):
            answer = asker.ask(method, question.path, body_of(route))
            said = seen(answer, question.strange)
            nobody_said = seen(asker.ask(method, question.nowhere, body_of(route)), question.unknown)
            name = f"{route} with another's {question.about}"
            if said != nobody_said:
                wrong.append(f"{name}: {apart(said, nobody_said)}")
            if CANARY.encode() in said:
                wrong.append(f"{name}: shows {CANARY}")
            if not is_closed(answer) and answer.status_code not in OPEN.get(route, ()):
                wrong.append(f"{name}: {answer.status}")
    assert wrong == []
    after = rows_of(own_database)
    assert {table for table in after if after[table] != before[table]} == set()


@pytest.mark.parametrize("caller", ["owner", "staff", "open till", "member", "anonymous"])
def test_another_business_is_answered_as_one_that_does_not_exist(
    app: Flask, theirs: Place, askers: dict[str, Asker], own_database: Database, caller: str
) -> None:
    asker, wrong, before = askers[caller], [], rows_of(own_database)
    for rule in app.url_map.iter_rules():
        if not rule.rule.startswith("/b/<slug>/") or app.view_functions[rule.endpoint].permission is Open.ANYONE:
            continue
        parts = theirs.of(rule.endpoint)
        for method in sorted((rule.methods or set()) - {"HEAD", "OPTIONS"}):
            answer = asker.ask(method, filled(rule, parts))
            said = seen(answer, (theirs.shop.slug,))
            nobody_said = seen(asker.ask(method, filled(rule, {**parts, "slug": "nobody-s"})), ("nobody-s",))
            if said != nobody_said:
                wrong.append(f"{method} {rule.rule}: {apart(said, nobody_said)}")
            if not is_closed(answer):
                wrong.append(f"{method} {rule.rule}: {answer.status}")
    assert wrong == []
    after = rows_of(own_database)
    assert {table for table in after if after[table] != before[table]} == set()


def body_of(route: str) -> dict[str, Any] | bytes:
    """Return a body in which nothing is wrong, so that only the id can be."""
    if route == "PUT /api/v1/rewards/<uuid:reward_id>/image":
        return picture()
    told = re.sub(r"<(?:\w+:)?(\w+)>", r"{\1}", route.replace("/api/v1", ""))
    return EXAMPLES.get(told) or FORMS.get(route) or {}


def is_closed(answer: TestResponse) -> bool:
    """Say whether an answer refuses, or asks to sign in first."""
    asks_to_sign_in = answer.status_code == 303 and any(door in answer.location for door in SIGN_INS)
    return answer.status_code in (401, 403, 404) or asks_to_sign_in
