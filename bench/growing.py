"""Two states of one database, a small one and its copy grown a hundredfold, each with an application and a browser."""

from __future__ import annotations

import contextvars
import os
import re
import time
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from typing import Any, LiteralString
from uuid import UUID

import psycopg
from flask import Flask
from flask.testing import FlaskClient
from psycopg import sql
from sqlalchemy import event
from werkzeug.test import TestResponse

from app.core.config import Settings
from app.core.tenancy import db
from app.core.unit_of_work import platform_session
from app.embedded.services import POSTGRES_URLS
from app.factory import create_app
from app.models.user import UserAccount
from bench.shop import PASSWORD, Shop
from bench.stack import Stack

BIG = "regulars_big"
BIG_VALKEY = 16
MILLISECONDS = 1_000
OF_THE_DOOR = ("SELECT set_config", "SELECT business.", "SELECT user_account.", "SELECT membership.")

CLONED = (
    "member",
    "member_word",
    "enrollment",
    "purchase",
    "outcome",
    "ledger_entry",
    "lot",
    "allocation",
    "outbox",
)
SHARED_IDS = {"business_id", "program_id", "version_id", "location_id", "staff_id"}
UNIQUE_TEXTS = {"name", "code", "referral_code", "order_id", "phone", "email", "external_id"}


class Browser(FlaskClient):
    """A client that sends each request from an empty context, as a server does."""

    def open(self, *arguments: Any, **options: Any) -> TestResponse:
        """Send one request."""
        return contextvars.Context().run(super().open, *arguments, **options)


@dataclass
class Side:
    """One state of the data: its application, with a browser of each shop's owner."""

    app: Flask
    clients: dict[UUID, FlaskClient]

    def milliseconds(self, shop: Shop, path: str) -> float:
        """GET a page, which must be found, and return how long the server took."""
        began = time.perf_counter()
        answer = self.clients[shop.id].get(path)
        took = (time.perf_counter() - began) * MILLISECONDS
        if answer.status_code != 200:
            raise RuntimeError(f"{path} is answered with {answer.status_code}")
        return took

    def statements(self, shop: Shop, path: str) -> int:
        """How many statements a page takes besides those that tell who asks and of which business."""
        seen: list[str] = []

        def note(*arguments: object) -> None:
            seen.append(str(arguments[2]))

        with self.app.app_context():
            event.listen(db.engine, "before_cursor_execute", note)
            try:
                self.clients[shop.id].get(path)
            finally:
                event.remove(db.engine, "before_cursor_execute", note)
        return sum(not statement.startswith(OF_THE_DOOR) for statement in seen)


@contextmanager
def both_sides(stack: Stack, shops: Sequence[Shop], grow: Callable[[], None]) -> Iterator[tuple[Side, Side]]:
    """Copy the stack's database as it is, let `grow` work on the copy, and yield (small, big)."""
    for engine in db.engines.values():
        engine.dispose()
    as_superuser(stack, "postgres", "CREATE DATABASE regulars_big TEMPLATE regulars STRATEGY wal_log")
    big = _application(stack)
    try:
        with big.app_context():
            grow()
        for name in ("regulars", BIG):
            as_superuser(stack, name, "VACUUM ANALYZE")
        small, grown = (Side(app, {shop.id: signed_in(app, shop) for shop in shops}) for app in (stack.app, big))
        yield small, grown
    finally:
        with big.app_context():
            for engine in db.engines.values():
                engine.dispose()
        big.extensions["redis"].close()


def clone_members(stack: Stack, business_id: UUID, times: int) -> None:
    """Copy a business's members so many times, with all that they bought and earned, in the big database.

    The copies keep the time part of their ids. Keys and triggers rest meanwhile: what is copied is sound.
    """
    with _connected(stack, BIG) as connection:
        connection.execute("SET session_replication_role = replica")
        for table in CLONED:
            columns = connection.execute(
                "SELECT column_name, data_type FROM information_schema.columns WHERE table_name = %s"
                " AND is_generated = 'NEVER' ORDER BY ordinal_position",
                [table],
            ).fetchall()
            identifiers: list[sql.Composable] = [sql.Identifier(name) for name, _ in columns]
            names = sql.SQL(", ").join(identifiers)
            values = sql.SQL(", ").join([_copied(name, kind) for name, kind in columns])
            insert = sql.SQL(
                "INSERT INTO {table} ({names}) SELECT {values} FROM {table}"
                " CROSS JOIN generate_series(1, %s) AS copy WHERE business_id = %s"
            )
            table_name = sql.Identifier(table)
            connection.execute(insert.format(table=table_name, names=names, values=values), [times, business_id])


def signed_in(app: Flask, shop: Shop) -> FlaskClient:
    """A client with the owner's session on the pages of an application."""
    client = Browser(app, use_cookies=True)
    with app.app_context(), platform_session() as session:
        email = session.get_one(UserAccount, shop.actor.id).email
    page = client.get("/login").get_data(as_text=True)
    token = re.search(r'name="csrf_token" value="([^"]+)"', page)
    assert token is not None
    sent = {"csrf_token": token[1], "email": email, "password": PASSWORD}
    answer = client.post("/login", data=sent)
    if answer.status_code != 303:
        raise RuntimeError(f"the owner is not let in: {answer.status_code}")
    return client


def _copied(name: str, kind: str) -> sql.Composable:
    column = sql.Identifier(name)
    if kind == "uuid" and name not in SHARED_IDS:
        copied = "(substr(replace({c}::text, '-', ''), 1, 12) || substr(md5({c}::text || copy), 1, 20))::uuid"
        return sql.SQL(copied).format(c=column)
    if name in UNIQUE_TEXTS:
        return sql.SQL("{c} || '-' || copy").format(c=column)
    return column


def _application(stack: Stack) -> Flask:
    """An application of the big database, with a Valkey database of its own."""
    services = stack.services
    assert services.postgres is not None
    assert services.valkey is not None
    urls = {name: services.postgres.url(role, BIG) for name, role in POSTGRES_URLS.items()}
    own = urls | {"REDIS_URL": services.valkey.url(BIG_VALKEY)}
    return create_app(Settings.from_env(os.environ | stack.environment | own, process="bench", log_level="ERROR"))


def as_superuser(stack: Stack, database: str, statement: LiteralString) -> None:
    with _connected(stack, database) as connection:
        connection.execute(statement)


def _connected(stack: Stack, database: str) -> psycopg.Connection[Any]:
    url = stack.services.superuser_url(database).replace("postgresql+psycopg://", "postgresql://")
    return psycopg.connect(url, autocommit=True)
