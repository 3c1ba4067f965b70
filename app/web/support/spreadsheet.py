"""Tables for spreadsheets: CSV that Excel reads as UTF-8, in which no cell is taken for a formula."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import Any

from app.domain.csv_cells import BOM, csv_bytes


def csv_text(rows: Iterable[Sequence[Any]]) -> bytes:
    """Return the rows as CSV with a byte order mark; a text that begins like a formula gets an apostrophe."""
    return BOM + csv_bytes(rows)
