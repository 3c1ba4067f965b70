"""Two towns side by side, everybody of the one, and what they are answered when they ask for what is the other's."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from itertools import product
from typing import Any, LiteralString
from uuid import UUID

import psycopg
from flask import Flask
from flask.testing import FlaskClient
from psycopg import sql
from sqlalchemy import select
from werkzeug.routing import Rule
from werkzeug.test import TestResponse

from app.core import clock
from app.core.ids import new_id
from app.core.unit_of_work import session, unit_of_work
from app.models.dead_letter import DeadLetter
from app.models.invitation import Invitation
from app.models.ledger import LedgerEntry
from app.models.purchase import Purchase
from app.models.till_item import TillItem
from app.models.user_session import UserSession
from app.services.member_tags import add_own_field, tag_members, tags_named
from app.services.merging import merge_members
from tests.browser.town import PART, Town, settled_town
from tests.factories.businesses import Shop, hire, signed_in
from tests.factories.people import Person, form_token
from tests.factories.programs import owner_of
from tests.factories.trade import join
from tests.support.databases import Database, plain_url
from tests.web.tills import BEN_PIN, opened

DOORS = ("/api/v1/", "/b/<slug>/", "/m/<slug>/")
STRANGE = re.compile(r"<(?:uuid:\w+|code|token|key)>")
"""Names of parts that are rows of a business; the others are words that every business shares."""

Parts = Mapping[str, UUID | str]


def routes(app: Flask) -> list[tuple[str, Rule]]:
    """Every method and rule behind a business's door in which something of a business is named."""
    return [
        (method, rule)
        for rule in app.url_map.iter_rules()
        for method in sorted((rule.methods or set()) - {"HEAD", "OPTIONS"})
        if rule.rule.startswith(DOORS) and STRANGE.search(rule.rule)
    ]


@dataclass
class Place:
    """A town and an id of its own for every part of an address."""

    town: Town
    parts: dict[str, UUID | str]

    @property
    def shop(self) -> Shop:
        """The business."""
        return self.town.shop

    def of(self, endpoint: str) -> dict[str, UUID | str]:
        """Return the parts for one address."""
        return {**self.parts, **self.town.own_parts.get(endpoint, {})}


def settled(shop: Shop) -> Place:
    """Let everything happen, then what only the walk through all ids needs."""
    town = settled_town(shop)
    parts, boss = dict(town.parts), owner_of(shop)
    giver, sam = join(shop, "Dana Twice"), hire(shop, "Sam", "manager")
    with unit_of_work(shop.id):
        tag_members([UUID(str(parts["member_id"]))], "Regular", actor=boss)
        parts["tag_id"] = next(iter(tags_named(["Regular"]).values()))
        parts["key"] = add_own_field(f"Size at {shop.slug}", "text", [], actor=boss)
        parts["merge_id"] = merge_members(giver, UUID(str(parts["member_id"])), actor=boss)
        parts["letter_id"] = session().scalars(select(DeadLetter.id).limit(1)).one()
        parts["entry_id"] = session().scalars(select(LedgerEntry.id).limit(1)).one()
        parts["invitation_id"] = session().scalars(select(Invitation.id).limit(1)).one()
        parts["purchase_id"] = session().scalars(select(Purchase.id).limit(1)).one()
        parts["item_id"] = _conflict(UUID(str(parts["device_id"])))
        parts["session_id"] = session().scalars(select(UserSession.id).where(UserSession.user_id == sam.user_id)).one()
    parts["code"] = town.own_parts["till_redeem.voucher"]["code"]
    parts["challenge_id"] = town.own_parts["portal_entry.enter"]["challenge_id"]
    return Place(town, parts)


def _conflict(device_id: UUID) -> UUID:
    """Something that a till sent and that waits for the owner."""
    now, item_id = clock.now(), new_id()
    session().add(
        TillItem(
            id=item_id,
            device_id=device_id,
            kind="sale",
            payload={},
            occurred_at=now,
            received_at=now,
            outcome="conflict",
            reason="test",
        )
    )
    return item_id


@dataclass
class Asker:
    """Somebody of the one business; asks each time as if it were the first, with the same cookies."""

    app: Flask
    headers: dict[str, str] = field(default_factory=dict)
    browser: FlaskClient | None = None
    token: str = ""

    def __post_init__(self) -> None:
        """Keep the cookies as they are now: what one answer leaves behind must not colour the next."""
        self._browser = self.browser or self.app.test_client()
        self.token = form_token(self._browser)
        self._cookies = list(self._browser._cookies.values()) if self._browser._cookies is not None else []

    def ask(self, method: str, path: str, body: Mapping[str, Any] | bytes | None = None) -> TestResponse:
        """Send JSON, or a picture, to the API and a form to a page."""
        if path.startswith("/api/"):
            sent: dict[str, Any] = {"json": None if method in ("GET", "DELETE") else body or {}}
            if isinstance(body, bytes):
                sent = {"data": body, "content_type": "image/png"}
            return self.app.test_client(use_cookies=False).open(path, method=method, headers=self.headers, **sent)
        client = self.app.test_client()
        for cookie in self._cookies:
            client.set_cookie(cookie.key, cookie.value, domain=cookie.domain, path=cookie.path)
        form = None if method == "GET" or isinstance(body, bytes) else {"csrf_token": self.token, **(body or {})}
        return client.open(path, method=method, data=form)


def everybody(app: Flask, place: Place, other: Shop) -> dict[str, Asker]:
    """Everybody who has to do with a business and nothing with the other, and one who works for both."""
    shop = place.shop
    people: dict[str, Person] = {
        "owner": shop.owner,
        "manager": hire(shop, "Mia", "manager"),
        "staff": hire(shop, "Ben", "staff", BEN_PIN),
        "owner of both": _owner_of_both(shop, other),
    }
    askers = {name: Asker(app, person.headers, person.browser()) for name, person in people.items()}
    askers["open till"] = Asker(app, {}, opened(shop, people["staff"], name="Bar"))
    for role in ("manager", "staff"):
        key = shop.owner.post("/api-keys", {"name": role, "role": role}).json["key"]
        askers[f"{role}'s key"] = Asker(app, {"Authorization": f"Bearer {key}"})
    member = app.test_client()
    member.set_cookie("member", place.town.cookies["member"], path=f"/m/{shop.slug}")
    askers["member"] = Asker(app, {}, member)
    askers["anonymous"] = Asker(app)
    return askers


def _owner_of_both(shop: Shop, other: Shop) -> Person:
    """The other business's own owner, taken on here: the sign-in says which of the two is meant."""
    stranger = other.owner
    body = {"name": stranger.name, "email": stranger.email, "role": "owner"}
    assert shop.owner.post("/staff", body).status_code == 201
    return signed_in(stranger.name, stranger.email, stranger.user_id, shop.id, shop.slug)


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
    return one[:-6] + one[-6:][::-1].swapcase()


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


def rows_of(database: Database, business_id: UUID | None = None) -> dict[str, str]:
    """A digest of all rows of every table, or of one business's, past all that the product guards; one statement."""
    tables: LiteralString = (
        "SELECT c.relname, EXISTS (SELECT FROM pg_attribute a WHERE a.attrelid = c.oid AND a.attname = 'business_id')"
        " FROM pg_class c WHERE c.relkind = 'r' AND c.relnamespace = 'public'::regnamespace ORDER BY 1"
    )
    digest: LiteralString = "SELECT {}, md5(coalesce(string_agg(r::text, '|' ORDER BY r::text), '')) FROM {} r"
    with psycopg.connect(plain_url(database.url("postgres")), autocommit=True) as connection:
        parts = []
        for name, has_business in connection.execute(tables).fetchall():
            if business_id is not None and not has_business:
                continue
            part = sql.SQL(digest).format(sql.Literal(name), sql.Identifier(name))
            where = sql.SQL(" WHERE business_id = {}").format(sql.Literal(business_id))
            parts.append(part + where if business_id is not None else part)
        return dict(connection.execute(sql.SQL(" UNION ALL ").join(parts)).fetchall())
