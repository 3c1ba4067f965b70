"""One leader among any number of processes, by a session lock of PostgreSQL that dies with its connection."""

from __future__ import annotations

from contextlib import suppress

import psycopg
import structlog
from sqlalchemy.engine import make_url

_log = structlog.get_logger(__name__)

_CONNECTION = {
    "connect_timeout": "2",
    "application_name": "regulars-leader",
    "keepalives": "1",
    "keepalives_idle": "5",
    "keepalives_interval": "2",
    "keepalives_count": "3",
}


class Leadership:
    """A lock on a connection of its own; not through a pooler that shares connections between transactions."""

    def __init__(self, url: str, key: int) -> None:
        self._dsn = _plain(url)
        self._key = key
        self._connection: psycopg.Connection | None = None
        self._leads = False

    def check(self) -> bool:
        """Say whether this process leads now: keep the lock, try to get it, or find that the connection is gone."""
        try:
            if self._connection is None:
                self._connection = psycopg.connect(self._dsn, autocommit=True)
            self._leads = self._holds() if self._leads else self._tries()
        except psycopg.Error as error:
            _log.warning("leadership_lost", error=str(error))
            self.resign()
        return self._leads

    def resign(self) -> None:
        """Let go at once; another process leads from now on."""
        if self._connection is not None:
            with suppress(psycopg.Error):
                self._connection.execute("SELECT pg_advisory_unlock_all()")
            self._connection.close()
        self._connection = None
        self._leads = False

    def _tries(self) -> bool:
        assert self._connection is not None
        row = self._connection.execute("SELECT pg_try_advisory_lock(%s)", [self._key]).fetchone()
        return bool(row and row[0])

    def _holds(self) -> bool:
        """Ask something: the lock is the connection's, so a connection that answers still holds it."""
        assert self._connection is not None
        self._connection.execute("SELECT true")
        return True


def _plain(url: str) -> str:
    """Return the URL as libpq reads it, with keepalives: a leader that was cut off must find out."""
    named = make_url(url).set(drivername="postgresql").update_query_dict(_CONNECTION)
    return named.render_as_string(hide_password=False)
