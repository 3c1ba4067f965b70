"""Reads a table that a spreadsheet or another system wrote: any Unicode encoding, comma, semicolon or tab."""

from __future__ import annotations

import csv
import io
from dataclasses import dataclass

from app.domain.csv_cells import plain

MOST_ROWS = 100_000
MOST_COLUMNS = 100
_LONGEST_CELL = 2_000
_BOMS = {b"\xff\xfe": "utf-16", b"\xfe\xff": "utf-16", b"\xef\xbb\xbf": "utf-8-sig"}
_ZIP = b"PK\x03\x04"


class UnreadableFile(Exception):
    """The file as a whole cannot be read; the text says what to do."""


@dataclass(frozen=True, slots=True)
class Table:
    """``rows`` are (line in the file, cells); every row has as many cells as the header, none is blank."""

    header: list[str]
    rows: list[tuple[int, list[str]]]
    delimiter: str = ","


def read_table(content: bytes) -> Table:
    """The table in a file; the apostrophe before what looks like a formula is taken off. Raises UnreadableFile."""
    text = _text(content)
    first = text.partition("\n")[0]
    delimiter = max(",;\t", key=first.count)
    reader = csv.reader(io.StringIO(text, newline=""), delimiter=delimiter)
    try:
        header = [cell.strip() for cell in next(reader, [])]
        _check_header(header)
        rows = [(reader.line_num, _fitted(cells, len(header))) for cells in reader if any(map(str.strip, cells))]
    except csv.Error as error:
        raise UnreadableFile(f"The file cannot be read after line {reader.line_num}. Save it as CSV again.") from error
    if not rows:
        raise UnreadableFile("The file has no rows under its header.")
    if len(rows) > MOST_ROWS:
        raise UnreadableFile(f"The file has {len(rows):,} rows. Split it into files of at most {MOST_ROWS:,}.")
    return Table(header, rows, delimiter)


def _text(content: bytes) -> str:
    if content.startswith(_ZIP):
        raise UnreadableFile("This is a workbook. Save the sheet as CSV UTF-8 and choose that file.")
    try:
        text = content.decode(_BOMS.get(content[:2]) or _BOMS.get(content[:3]) or "utf-8")
    except UnicodeDecodeError as error:
        raise UnreadableFile("The file is not in UTF-8. Save it as CSV UTF-8.") from error
    if "\0" in text:
        raise UnreadableFile("This is not a table of text. Choose a CSV file.")
    return text


def _check_header(header: list[str]) -> None:
    if not any(header):
        raise UnreadableFile("The file is empty. Choose a CSV file whose first line names the columns.")
    if len(header) > MOST_COLUMNS:
        raise UnreadableFile(f"The file has {len(header)} columns. Keep at most {MOST_COLUMNS}.")


def _fitted(cells: list[str], width: int) -> list[str]:
    kept = [plain(cell)[:_LONGEST_CELL] for cell in cells[:width]]
    return kept + [""] * (width - len(kept))
