"""The application of a test worker, on its own database, and the cast that works with it."""

from __future__ import annotations

import contextvars
from collections.abc import Iterator
from contextlib import nullcontext
from typing import Any

import pytest
from flask import Flask
from flask.testing import FlaskClient
from werkzeug.test import TestResponse

from app.core import clock
from app.core.config import Settings
from app.core.tenancy import db
from app.factory import create_app
from app.jobs import runtime
from tests.factories.businesses import Shop, found_shop, hire
from tests.factories.people import Person
from tests.support.databases import Database
from tests.support.recorded_events import assert_as_catalogued


class Client(FlaskClient):
    """Sends each request from an empty context, as a server does; only a held clock stays held for it."""

    def open(self, *args: Any, **kwargs: Any) -> TestResponse:
        """Send one request."""
        held = clock.held()

        def send() -> TestResponse:
            with clock.frozen(held) if held else nullcontext():
                return super(Client, self).open(*args, **kwargs)

        return contextvars.Context().run(send)


def settings_for(database: Database, **overrides: object) -> Settings:
    """Return the settings of a test's application: no rate limits unless a test asks for them.

    Twenty hands at one lock, or at the twelve connections of the pool, wait for their turn: how long that takes on a
    busy machine is nobody's fault.
    """
    chosen: dict[str, object] = {
        "process": "test",
        "is_testing": True,
        "patience_seconds": 60,
        "sweep_seconds": 2,
        "api_rate_limit": "off",
        "api_ingest_rate_limit": "off",
        "auth_rate_limit": "off",
        "code_rate_limit": "off",
        "lookup_rate_limit": "off",
        "log_level": "ERROR",
    }
    return Settings.from_env(database.environment(), **(chosen | overrides))


@pytest.fixture(scope="session")
def app(database: Database) -> Iterator[Flask]:
    """The application; every test has businesses of its own, so they all share the database."""
    made = create_app(settings_for(database))
    made.test_client_class = Client
    runtime.serve(made)
    yield made
    close(made)
    assert_as_catalogued(database)


@pytest.fixture
def client(app: Flask) -> FlaskClient:
    """A client without a session."""
    return app.test_client()


@pytest.fixture
def in_app(app: Flask) -> Iterator[Flask]:
    """The application's context, for tests that call services and queries: they open their own units of work."""
    with app.app_context():
        yield app


@pytest.fixture
def one_instant() -> Iterator[None]:
    """The clock stands still for the whole test: no midnight comes between what is done and what is said of today."""
    with clock.frozen(clock.now()):
        yield


@pytest.fixture
def cafe(in_app: Flask) -> Shop:
    """Café Alma."""
    return found_shop("Café Alma", "Alma")


@pytest.fixture
def alma(cafe: Shop) -> Person:
    """Alma owns Café Alma."""
    return cafe.owner


@pytest.fixture
def max_manager(cafe: Shop) -> Person:
    """Max manages Café Alma."""
    return hire(cafe, "Max", "manager")


@pytest.fixture
def ben(cafe: Shop) -> Person:
    """Ben works the till of Café Alma."""
    return hire(cafe, "Ben", "staff")


@pytest.fixture
def florist(in_app: Flask) -> Shop:
    """Dora's business, which has nothing to do with the café."""
    return found_shop("Dora's Flowers", "Dora")


@pytest.fixture
def dora(florist: Shop) -> Person:
    """Dora owns another business and sees nothing of the café."""
    return florist.owner


def close(app: Flask) -> None:
    """Close every connection of an application, so that none outlives its test."""
    with app.app_context():
        for engine in db.engines.values():
            engine.dispose()
    app.extensions["redis"].close()
