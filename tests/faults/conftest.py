"""Servers for the fault tests of one worker alone, a fresh database for each test, and the product's processes on it.

The `app` of these tests is the house's own view on that database: it sets up and looks, the processes do the work.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import ExitStack
from pathlib import Path

import pytest
import redis
from flask import Flask

from app.embedded.services import Services
from app.factory import create_app
from tests.factories.businesses import Shop
from tests.faults.counter import Counter, open_counter
from tests.support.app import Client, close, settings_for
from tests.support.databases import Database, cloned_database
from tests.support.product import Product, running
from tests.support.servers import temporary_services

Start = Callable[..., Product]


@pytest.fixture(scope="session")
def own_services() -> Iterator[Services]:
    """A PostgreSQL and a Valkey that nobody else uses."""
    with temporary_services() as started:
        yield started


@pytest.fixture
def own_database(own_services: Services) -> Iterator[Database]:
    """A migrated database and an empty Valkey."""
    redis_url = own_services.urls()["REDIS_URL"]
    with redis.Redis.from_url(redis_url) as client:
        client.flushall()
    with cloned_database(own_services, redis_url) as cloned:
        yield cloned


@pytest.fixture
def app(own_database: Database) -> Iterator[Flask]:
    """The application on the test's own database."""
    made = create_app(settings_for(own_database))
    made.test_client_class = Client
    yield made
    close(made)


@pytest.fixture
def counter(cafe: Shop, own_database: Database) -> Counter:
    """The counter of Café Alma: a punch card, points, and ten members with an address for mails."""
    return open_counter(cafe, own_database)


@pytest.fixture
def start(own_database: Database, tmp_path: Path) -> Iterator[Start]:
    """Starts processes of the Procfile by name; they are stopped after the test."""
    with ExitStack() as stack:
        yield lambda *names, **settings: stack.enter_context(running(own_database, tmp_path, names, **settings))
