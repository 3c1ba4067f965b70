"""Every address with what is another business's in it, and with what nobody has; and what of an answer counts."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from itertools import product
from uuid import UUID

from flask import Flask
from werkzeug.routing import Rule
from werkzeug.test import TestResponse

from app.core.ids import new_id
from tests.api.isolation.places import Parts
from tests.browser.town import PART

DOORS = ("/api/v1/", "/b/<slug>/", "/m/<slug>/")
STRANGE = re.compile(r"<(?:uuid:\w+|code|token|key)>")
"""Names of parts that are rows of a business; the others are words that every business shares."""


def routes(app: Flask) -> list[tuple[str, Rule]]:
    """Every method and rule behind a business's door in which something of a business is named."""
    return [
        (method, rule)
        for rule in app.url_map.iter_rules()
        for method in sorted((rule.methods or set()) - {"HEAD", "OPTIONS"})
        if rule.rule.startswith(DOORS) and STRANGE.search(rule.rule)
    ]


@dataclass(frozen=True)
class Question:
    """The same address twice: once with what is the other's, once with what nobody has."""

    path: str
    strange: tuple[str, ...]
    nowhere: str
    unknown: tuple[str, ...]
    about: str


def questions(rule: Rule, own: Parts, theirs: Parts) -> Iterator[Question]:
    """Every way to put the other's ids among one's own into an address, at least one of them."""
    names = [part["name"] for part in PART.finditer(rule.rule)]
    strange = [name for name in names if STRANGE.fullmatch(_part(rule, name))]
    for choice in product((True, False), repeat=len(strange)):
        taken = [name for name, is_taken in zip(strange, choice, strict=True) if is_taken]
        if not taken:
            continue
        unknown = {name: nobodys(theirs[name]) for name in taken}
        around = {**own, "link": theirs["link"]} if "challenge_id" in taken and "link" in theirs else dict(own)
        yield Question(
            filled(rule, {**around, **{name: theirs[name] for name in taken}}),
            tuple(str(theirs[name]) for name in taken),
            filled(rule, {**around, **unknown}),
            tuple(unknown.values()),
            ", ".join(taken),
        )


def filled(rule: Rule, parts: Parts) -> str:
    """Return the address; a part that nobody knows is an error, so that no route is left out."""
    return PART.sub(lambda part: str(parts[part["name"]]), rule.rule)


def _part(rule: Rule, name: str) -> str:
    return next(part[0] for part in PART.finditer(rule.rule) if part["name"] == name)


def nobodys(one: UUID | str) -> str:
    """Return what looks like it and is nobody's."""
    if isinstance(one, UUID) or re.fullmatch(r"[0-9a-f-]{36}", one):
        return str(new_id())
    turned = one[:-6] + one[-6:][::-1]
    return turned if turned != one else one[::-1]


def seen(answer: TestResponse, asked: tuple[str, ...]) -> bytes:
    """Everything of an answer but what differs between any two: its id, the form's token, and what was asked for."""
    body = answer.get_data()
    if answer.mimetype == "application/problem+json":
        body = re.sub(rb'("requestId":")[^"]+', rb"\1", body)
    else:
        body = re.sub(rb'(name="csrf_token" value="|"X-CSRFToken": ?")[^"]+', rb"\1", body)
        body = re.sub(rb"(Reference <code>)[^<]+", rb"\1", body)
    kept = sorted(
        (name, value.partition("=")[0] if name == "Set-Cookie" else value)
        for name, value in answer.headers
        if name not in ("X-Request-ID", "Content-Length", "Date", "ETag")
    )
    whole = repr((answer.status_code, kept)).encode() + b"\n" + body
    for one in asked:
        whole = whole.replace(one.encode(), b"(asked)")
    answer.close()
    return whole


def apart(one: bytes, other: bytes) -> str:
    """Show where two answers part."""
    place = next((at for at, (a, b) in enumerate(zip(one, other, strict=False)) if a != b), min(len(one), len(other)))
    return f"...{one[max(0, place - 60) : place + 60]!r} and {other[max(0, place - 20) : place + 60]!r}"
