"""A database of their own for two businesses that know nothing of each other, and everybody of the one."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import datetime

import pytest
from flask import Flask

from app.core import clock
from app.embedded.services import Services
from app.factory import create_app
from app.jobs import runtime
from tests.api.isolation.people import Asker, everybody
from tests.api.isolation.places import Place, settled
from tests.architecture.samples import CANARY
from tests.factories.businesses import found_shop
from tests.support import stack
from tests.support.app import Client, close, settings_for
from tests.support.databases import Database, cloned_database


@pytest.fixture(scope="package")
def own_database(services: Services) -> Iterator[Database]:
    """A database that holds the two towns and nothing else."""
    assert services.valkey is not None
    redis_url = services.valkey.url(stack.FRESH_FROM + stack.worker_number() * stack.DATABASES_A_WORKER)
    with cloned_database(services, redis_url) as cloned:
        yield cloned


@pytest.fixture(scope="package")
def app(own_database: Database) -> Iterator[Flask]:
    """The application on it."""
    made, before = create_app(settings_for(own_database)), runtime._Process.app
    made.test_client_class = Client
    runtime.serve(made)
    yield made
    runtime._Process.app = before
    close(made)


@pytest.fixture(scope="package")
def now() -> Iterator[datetime]:
    """One moment, so that no answer differs by its time and nobody is noted as seen later."""
    moment = clock.now()
    with clock.frozen(moment):
        yield moment


@pytest.fixture(scope="package")
def theirs(app: Flask, now: datetime) -> Iterator[Place]:
    """The café, with a row of everything."""
    with app.app_context():
        yield settled(found_shop("Café Alma", "Alma"), CANARY)


@pytest.fixture(scope="package")
def own(app: Flask, now: datetime) -> Iterator[Place]:
    """Dora's Flowers, likewise."""
    with app.app_context():
        yield settled(found_shop("Dora's Flowers", "Dora"), "Rose")


@pytest.fixture(scope="package")
def askers(app: Flask, own: Place, theirs: Place) -> dict[str, Asker]:
    """Everybody of Dora's."""
    return everybody(app, own, theirs.shop)
