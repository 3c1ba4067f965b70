"""Tables for spreadsheets: no cell is taken for a formula, and what is written is read back as the same text."""

from __future__ import annotations

import csv
import io
from collections.abc import Iterable, Sequence
from decimal import Decimal
from typing import Any

BOM = b"\xef\xbb\xbf"
_FORMULA = ("=", "+", "-", "@", "\t", "\r")
_QUOTE = "'"


def csv_bytes(rows: Iterable[Sequence[Any]]) -> bytes:
    """Rows as CSV in UTF-8; numbers are numbers, minus and all, and only texts can be dangerous."""
    written = io.StringIO()
    csv.writer(written).writerows([_cell(cell) for cell in row] for row in rows)
    return written.getvalue().encode()


def safe(text: str) -> str:
    """Put an apostrophe before a text that begins like a formula, also behind apostrophes of its own."""
    return _QUOTE + text if text.lstrip(_QUOTE).startswith(_FORMULA) else text


def plain(cell: str) -> str:
    """Take off exactly the apostrophe that ``safe`` put: plain(safe(text)) is the text, whatever it is."""
    is_quoted = cell.startswith(_QUOTE) and cell.lstrip(_QUOTE).startswith(_FORMULA)
    return cell[1:] if is_quoted else cell


def _cell(cell: Any) -> Any:
    return cell if isinstance(cell, int | float | Decimal) else safe(str(cell))
