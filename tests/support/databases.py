"""Databases for tests: one migrated template for each state of migrations/, cloned in some 50 ms."""

import fcntl
import hashlib
import os
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from uuid import uuid4

import psycopg
from psycopg import sql

from app.embedded import paths
from app.embedded.postgres import ROLES
from app.embedded.services import POSTGRES_URLS, Services


@dataclass(frozen=True)
class Database:
    """One cloned database; the URLs are SQLAlchemy's, `environment()` is what a process of the product needs."""

    name: str
    services: Services
    redis_url: str

    def environment(self) -> dict[str, str]:
        """Return the three database URLs, REDIS_URL, INSTANCE_PATH and SECRET_KEY."""
        urls = {variable: self.url(role) for variable, role in POSTGRES_URLS.items()}
        secret = {"SECRET_KEY": "a secret that only tests have, 40 long"}
        return urls | secret | {"REDIS_URL": self.redis_url, "INSTANCE_PATH": str(self.services.places.instance)}

    def url(self, role: str) -> str:
        """Return the URL for regulars_app, regulars_owner, regulars_maintenance or postgres (the superuser)."""
        assert self.services.postgres is not None
        return self.services.postgres.url(role, self.name)


@contextmanager
def cloned_database(services: Services, redis_url: str) -> Iterator[Database]:
    """Yield a fresh migrated database; it is dropped at the end, whoever may still be connected."""
    template = migrated_template(services)
    name = f"test_{uuid4().hex[:12]}"
    create = "CREATE DATABASE {} TEMPLATE {} OWNER regulars_owner STRATEGY wal_log"
    _as_superuser(services, create, name, template)
    try:
        yield Database(name, services, redis_url)
    finally:
        _as_superuser(services, "DROP DATABASE {} WITH (FORCE)", name)


def migrated_template(services: Services) -> str:
    """Return the template's name, after one of the workers has made and migrated it."""
    assert services.postgres is not None
    name = f"template_{_fingerprint(paths.PROJECT / 'migrations')}"
    with (services.places.instance / "template.lock").open("w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        done = services.places.instance / f"{name}.done"
        if not done.exists():
            services.postgres.run_sql(ROLES, name)
            _migrate(Database(name, services, services.urls()["REDIS_URL"]))
            done.touch()
    return name


def plain_url(url: str) -> str:
    """Return the URL as libpq and psycopg take it, without SQLAlchemy's driver name."""
    return url.replace("postgresql+psycopg://", "postgresql://")


def _migrate(database: Database) -> None:
    if not (paths.PROJECT / "migrations" / "env.py").exists():
        return
    command = [sys.executable, "-m", "flask", "--app", "wsgi", "db", "upgrade"]
    environment = os.environ | database.environment()
    answer = subprocess.run(command, cwd=paths.PROJECT, env=environment, capture_output=True, text=True, check=False)
    if answer.returncode != 0:
        raise RuntimeError(f"The migrations fail:\n{answer.stdout}{answer.stderr}")


def _fingerprint(folder: Path) -> str:
    digest = hashlib.sha256()
    for file in sorted(folder.rglob("*.py")):
        digest.update(file.read_bytes())
    return digest.hexdigest()[:12]


def _as_superuser(services: Services, statement: str, *names: str) -> None:
    url = plain_url(services.superuser_url("postgres"))
    with psycopg.connect(url, autocommit=True) as connection:
        connection.execute(sql.SQL(statement).format(*map(sql.Identifier, names)))
