"""Remembers from which files the embedded database was migrated and filled, so that an unchanged one starts at once."""

import hashlib
from pathlib import Path

from app.embedded.paths import PROJECT
from app.embedded.postgres import Postgres

SOURCES = ("app", "data", "migrations", "requirements.lock")
SCHEMA = "SELECT version_num FROM alembic_version"


class Prepared:
    """The note beside the data: the state of the project's files, the demo or not, and the schema's revision."""

    def __init__(self, postgres: Postgres | None, *, has_demo: bool) -> None:
        self._postgres = postgres
        self._demo = "demo" if has_demo else "no demo"

    def is_current(self) -> bool:
        """Say whether migrations and demo have nothing to do. False for a database from outside: it is not ours."""
        if self._postgres is None or not self._note(self._postgres).exists():
            return False
        return self._note(self._postgres).read_text(encoding="utf-8") == self._state(self._postgres)

    def remember(self) -> None:
        """Note that both have just been done."""
        if self._postgres is not None:
            self._note(self._postgres).write_text(self._state(self._postgres), encoding="utf-8")

    def _note(self, postgres: Postgres) -> Path:
        return postgres.places.data / f"prepared-{postgres.data.name}"

    def _state(self, postgres: Postgres) -> str:
        # The revision comes from the database: a restored older backup is migrated again.
        return f"{_fingerprint()} {self._demo} {postgres.ask(SCHEMA)}\n"


def _fingerprint() -> str:
    digest = hashlib.sha256()
    for name in SOURCES:
        root = PROJECT / name
        for file in sorted(root.rglob("*")) if root.is_dir() else [root]:
            if file.is_file() and "__pycache__" not in file.parts:
                status = file.stat()
                digest.update(f"{file.relative_to(PROJECT)} {status.st_size} {status.st_mtime_ns}\n".encode())
    return digest.hexdigest()
