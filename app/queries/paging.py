"""Pages of lists: by number where an owner leafs, by a cursor wherever a list can grow without end."""

from __future__ import annotations

import base64
import binascii
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy import ColumnElement, true, tuple_

MOST_ROWS = 100
_MOST_DIGITS = 18  # what any bigint column can be compared with


class UnknownCursor(ValueError):
    """The cursor was not made by us."""


@dataclass(frozen=True, slots=True)
class Page:
    """One page by number; ``total_count`` counts all pages' rows."""

    rows: list[dict[str, Any]]
    page: int
    page_size: int
    total_count: int

    @property
    def total_pages(self) -> int:
        """How many pages there are; 0 for none."""
        return -(-self.total_count // self.page_size)


@dataclass(frozen=True, slots=True)
class Slice:
    """Rows from a cursor on; ``next_cursor`` is None when there are no more."""

    rows: list[dict[str, Any]]
    limit: int
    next_cursor: str | None


def slice_of(rows: list[dict[str, Any]], limit: int, *, at: str, key: str = "id") -> Slice:
    """Make a slice of up to ``limit + 1`` rows, newest first by (row[at], row[key])."""
    kept = rows[:limit]
    following = cursor(kept[-1][at], kept[-1][key]) if len(rows) > limit else None
    return Slice(kept, limit, following)


def cursor(at: datetime | int, row_id: UUID) -> str:
    """An opaque place in a list, by an instant or a running number; it carries no content, so it needs no signature."""
    place = at if isinstance(at, int) else at.isoformat()
    return base64.urlsafe_b64encode(f"{place}|{row_id}".encode()).decode().rstrip("=")


def older_than(at: Any, row_id: Any, text: str | None) -> ColumnElement[bool]:
    """The rows after a cursor in a list ordered by (at, id) descending; all of them without a cursor.

    Raises UnknownCursor.
    """
    return true() if text is None else tuple_(at, row_id) < _place(at, text)


def newer_than(at: Any, row_id: Any, text: str | None) -> ColumnElement[bool]:
    """The same for a list that rises by (at, id)."""
    return true() if text is None else tuple_(at, row_id) > _place(at, text)


def read_cursor(text: str) -> tuple[datetime | int, UUID]:
    """Return the place and the id that a cursor says. Raises UnknownCursor."""
    try:
        plain = base64.urlsafe_b64decode(text + "=" * (-len(text) % 4)).decode()
        place, _, row_id = plain.partition("|")
        return (_number(place) if place.isdecimal() else _instant(place)), UUID(row_id)
    except (ValueError, binascii.Error, UnicodeDecodeError) as error:
        raise UnknownCursor("Unknown cursor") from error


def like(text: str) -> str:
    """A pattern that finds the text anywhere, its wildcards taken literally."""
    escaped = text.replace("\\", "\\\\").replace("%", "\\%").replace("_", "\\_")
    return f"%{escaped}%"


def _place(at: Any, text: str) -> tuple[datetime | int, UUID]:
    place, last_id = read_cursor(text)
    if isinstance(place, int) != (at.type.python_type is int):
        raise UnknownCursor("This cursor belongs to another list")
    return place, last_id


def _number(text: str) -> int:
    if len(text) > _MOST_DIGITS:
        raise ValueError("No number of ours is as long")
    return int(text)


def _instant(text: str) -> datetime:
    at = datetime.fromisoformat(text)
    if at.tzinfo is None:
        raise ValueError("An instant has an offset")
    return at
