"""Reads files of purchases row by row, and keeps the rows that could not be read, with the reason."""

from __future__ import annotations

import csv
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import TextIO

Cells = dict[str, str]

_UTF16 = (b"\xff\xfe", b"\xfe\xff")
_CHUNK = 1 << 20


class FileUnreadable(Exception):
    """The file as a whole cannot be read; the text says why."""


class PurchaseFile:
    """A CSV file in UTF-8 or UTF-16, with a header, separated by commas or semicolons.

    ``header`` are its columns, ``lines`` about how many rows it has. Raises FileUnreadable.
    """

    def __init__(self, path: Path) -> None:
        self._path = path
        self._encoding = _encoding(path)
        with self._opened() as file:
            first = file.readline()
        self.delimiter = ";" if first.count(";") > first.count(",") else ","
        self.header = next(csv.reader([first], delimiter=self.delimiter), [])
        if not self.header:
            raise FileUnreadable("The file is empty")
        if len(set(self.header)) != len(self.header):
            raise FileUnreadable("Two columns of the file have the same name")
        self.lines = _line_ends(path)

    def rows(self) -> Iterator[tuple[int, list[str]]]:
        """(line number, cells) of every row that is not blank."""
        with self._opened() as file:
            reader = csv.reader(file, delimiter=self.delimiter)
            next(reader)
            try:
                for cells in reader:
                    if cells:
                        yield reader.line_num, cells
            except (csv.Error, UnicodeDecodeError) as error:
                raise FileUnreadable(f"The file cannot be read after line {reader.line_num}: {error}") from error

    @contextmanager
    def _opened(self) -> Iterator[TextIO]:
        try:
            with self._path.open(encoding=self._encoding, newline="") as file:
                yield file
        except UnicodeDecodeError as error:
            raise FileUnreadable("The file is not in UTF-8; save it as CSV UTF-8") from error


class RejectFile:
    """Where rows that cannot be read go: line and reason, then the row as it was. Made with the first such row."""

    def __init__(self, path: Path, header: Sequence[str], delimiter: str) -> None:
        self.path = path
        self._header = header
        self._delimiter = delimiter
        self._file: TextIO | None = None

    def add(self, line: int, reason: str, cells: Sequence[str]) -> None:
        """Keep a row."""
        if self._file is None:
            self._file = self.path.open("w", encoding="utf-8-sig", newline="")
            self._write(["line", "reason", *self._header])
        self._write([str(line), reason, *cells])

    def close(self) -> None:
        """Finish the file, if there is one."""
        if self._file is not None:
            self._file.close()

    def _write(self, cells: Sequence[str]) -> None:
        csv.writer(self._file, delimiter=self._delimiter).writerow(cells)  # type: ignore[arg-type]


def _encoding(path: Path) -> str:
    with path.open("rb") as file:
        return "utf-16" if file.read(2) in _UTF16 else "utf-8-sig"


def _line_ends(path: Path) -> int:
    with path.open("rb") as file:
        return sum(chunk.count(b"\n") for chunk in iter(lambda: file.read(_CHUNK), b""))
