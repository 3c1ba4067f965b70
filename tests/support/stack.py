"""Fixtures for the real PostgreSQL and Valkey: URLs for a worker's own database, fresh ones, and a private stack."""

import os
from collections.abc import Iterator
from contextlib import ExitStack

import pytest
import redis

from app.embedded.services import Services
from tests.support import databases, servers
from tests.support.databases import Database

DATABASES_A_WORKER = 4  # queue, cache, limits, and one to spare
FRESH_FROM = 32  # the upper half of Valkey's 64 databases is for `fresh_database`


def pytest_configure(config: pytest.Config) -> None:
    """With xdist and without bin/test, the controller starts the servers before its workers are born."""
    has_workers = bool(getattr(config.option, "numprocesses", None))
    if has_workers and servers.STACK_FOLDER not in os.environ:
        running = ExitStack()
        started = running.enter_context(servers.temporary_services())
        os.environ[servers.STACK_FOLDER] = str(started.places.instance)
        config.add_cleanup(running.close)


@pytest.fixture(scope="session")
def services() -> Iterator[Services]:
    """The shared servers: the ones already started for this run, else started here."""
    joined = servers.joined_services()
    if joined is not None:
        yield joined
        return
    with servers.temporary_services() as started:
        yield started


@pytest.fixture(scope="session")
def database(services: Services) -> Iterator[Database]:
    """This worker's own migrated database, kept for the whole session, and its four databases of Valkey."""
    assert services.valkey is not None
    redis_url = services.valkey.url(worker_number() * DATABASES_A_WORKER)
    flush(redis_url)
    with databases.cloned_database(services, redis_url) as cloned:
        yield cloned


@pytest.fixture
def fresh_database(services: Services) -> Iterator[Database]:
    """A migrated database and empty Valkey databases for one test alone, as tests with real processes need."""
    assert services.valkey is not None
    redis_url = services.valkey.url(FRESH_FROM + worker_number() * DATABASES_A_WORKER)
    flush(redis_url)
    with databases.cloned_database(services, redis_url) as cloned:
        yield cloned


@pytest.fixture
def private_stack() -> Iterator[Database]:
    """Servers of its own for a test that stops, kills or flushes them; `.services` has the two servers."""
    with servers.temporary_services() as started:
        yield Database(databases.migrated_template(started), started, started.urls()["REDIS_URL"])


@pytest.fixture(scope="session")
def database_url(database: Database) -> str:
    """The app role's URL of this worker's database (SQLAlchemy form)."""
    return database.url("regulars_app")


@pytest.fixture(scope="session")
def owner_url(database: Database) -> str:
    """The owner's URL: migrations."""
    return database.url("regulars_owner")


@pytest.fixture(scope="session")
def maintenance_url(database: Database) -> str:
    """The maintenance role's URL: reads across businesses."""
    return database.url("regulars_maintenance")


@pytest.fixture(scope="session")
def superuser_url(database: Database) -> str:
    """The superuser's URL, for tests that plant what no role of the product could write."""
    return database.url("postgres")


@pytest.fixture(scope="session")
def redis_url(database: Database) -> str:
    """The first of this worker's four Valkey databases; the next three are its too."""
    return database.redis_url


def worker_number() -> int:
    """Return xdist's number of this worker, 0 without xdist. At most 8 workers have databases of their own."""
    return int(os.environ.get("PYTEST_XDIST_WORKER", "gw0").removeprefix("gw"))


def flush(redis_url: str) -> None:
    """Empty the four databases of Valkey that begin at a URL: no job or round of another test is left in them."""
    first = int(redis_url.rpartition("=")[2])
    for number in range(first, first + DATABASES_A_WORKER):
        with redis.Redis.from_url(f"{redis_url.rpartition('=')[0]}={number}") as client:
            client.flushdb()
