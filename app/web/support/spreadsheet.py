"""Tables for spreadsheets: CSV that Excel reads as UTF-8, in which no cell is taken for a formula."""

from __future__ import annotations

import csv
import io
from collections.abc import Iterable, Sequence
from decimal import Decimal
from typing import Any

_FORMULA = ("=", "+", "-", "@", "\t", "\r")


def csv_text(rows: Iterable[Sequence[Any]]) -> bytes:
    """Return the rows as CSV with a byte order mark; a text that begins like a formula gets an apostrophe."""
    written = io.StringIO()
    csv.writer(written).writerows([_safe(cell) for cell in row] for row in rows)
    return written.getvalue().encode("utf-8-sig")


def _safe(cell: Any) -> Any:
    """Numbers are numbers, minus and all; only texts can be dangerous."""
    if isinstance(cell, int | Decimal):
        return cell
    text = str(cell)
    return f"'{text}" if text.startswith(_FORMULA) else text
