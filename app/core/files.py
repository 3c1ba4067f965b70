"""Where the bytes of uploaded files are kept: what every store of them offers, and the one that the factory chose."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime
from typing import Protocol

from flask import current_app

CONTENT_TYPES = {
    "webp": "image/webp",
    "png": "image/png",
    "jpg": "image/jpeg",
    "csv": "text/csv",
    "pdf": "application/pdf",
}

_FOLDER = re.compile(r"[a-z0-9][a-z0-9_-]*(?:/[a-z0-9][a-z0-9_-]*)*")
_KEY = re.compile(r"(?:[a-z0-9][a-z0-9_-]*/)+[a-z0-9][a-z0-9_-]*\.(?P<suffix>[a-z0-9]+)")


@dataclass(frozen=True, slots=True)
class Stored:
    """One file as it was put."""

    content: bytes
    content_type: str


class Storage(Protocol):
    """A store of files by key: folders of small letters, digits, - and _, the business first, then name.suffix.

    The suffix says the content type. Each call raises OSError where the store cannot be reached, ValueError for a key
    of another form. All may be repeated: the second time changes nothing.
    """

    def put(self, key: str, content: bytes, content_type: str) -> None:
        """Keep a file, whole or not at all; one that has the key already is replaced."""

    def get(self, key: str) -> Stored | None:
        """Return the file, None where there is none."""

    def delete(self, key: str) -> None:
        """Forget the file, if there is one."""

    def kept_below(self, folder: str) -> Iterator[tuple[str, datetime]]:
        """Walk the files of a folder such as "<business>/logo": each key, and since when it is kept."""


def storage() -> Storage:
    """Return the store of the current application."""
    found: Storage = current_app.extensions["storage"]
    return found


def content_type_of(key: str) -> str:
    """Return the content type that a key names; ValueError for a key that could lead anywhere else."""
    matched = _KEY.fullmatch(key)
    if matched is None or matched["suffix"] not in CONTENT_TYPES:
        raise ValueError(f"not a key of a stored file: {key!r}")
    return CONTENT_TYPES[matched["suffix"]]


def check_folder(folder: str) -> None:
    """Refuse a text that is no folder of keys: it could lead anywhere else."""
    if _FOLDER.fullmatch(folder) is None:
        raise ValueError(f"not a folder of stored files: {folder!r}")


def check_type(key: str, content_type: str) -> None:
    """Refuse a file whose type is not the one that its key will say."""
    if content_type_of(key) != content_type:
        raise ValueError(f"{key} does not end like {content_type}")
