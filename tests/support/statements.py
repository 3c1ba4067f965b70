"""What reaches PostgreSQL: every statement, whichever way it takes there, but for BEGIN, COMMIT and ROLLBACK."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import Any
from unittest.mock import patch

import psycopg


@contextmanager
def sent() -> Iterator[list[tuple[str, Any]]]:
    """Collect the statements sent inside, in the driver's notation, each with its values."""
    found: list[tuple[str, Any]] = []
    with _noted(lambda statement, values: found.append((statement, values))):
        yield found


@contextmanager
def counted() -> Iterator[list[str]]:
    """Collect the same without their values."""
    found: list[str] = []
    with _noted(lambda statement, _values: found.append(statement)):
        yield found


@contextmanager
def _noted(note: Callable[[str, Any], None]) -> Iterator[None]:
    execute = psycopg.Cursor.execute

    def noting(cursor: psycopg.Cursor[Any], statement: Any, values: Any = None, **options: Any) -> psycopg.Cursor[Any]:
        note(str(statement), values)
        return execute(cursor, statement, values, **options)

    with patch.object(psycopg.Cursor, "execute", noting):
        yield
