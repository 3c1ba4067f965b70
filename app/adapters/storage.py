"""Keeps files in a folder by default, in a bucket when one is set."""

from __future__ import annotations

import importlib
import secrets
from collections.abc import Iterator
from contextlib import suppress
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from urllib.parse import urlsplit

from app.core.files import Storage, Stored, check_folder, check_type, content_type_of

_KINDS = {"s3": "app.adapters.s3_storage"}


@dataclass(frozen=True, slots=True)
class DiskStorage:
    """One file a key below ``folder``."""

    folder: Path

    def put(self, key: str, content: bytes, content_type: str) -> None:
        """Write under another name first, so that a reader never sees half a file."""
        check_type(key, content_type)
        target = self.folder / key
        target.parent.mkdir(parents=True, exist_ok=True)
        unfinished = target.with_name(f".{target.name}.{secrets.token_hex(8)}")
        unfinished.write_bytes(content)
        unfinished.replace(target)

    def get(self, key: str) -> Stored | None:
        """Read the file."""
        content_type = content_type_of(key)
        try:
            return Stored((self.folder / key).read_bytes(), content_type)
        except (FileNotFoundError, NotADirectoryError, IsADirectoryError):
            return None

    def delete(self, key: str) -> None:
        """Delete the file; its folder stays."""
        content_type_of(key)
        (self.folder / key).unlink(missing_ok=True)

    def kept_below(self, folder: str) -> Iterator[tuple[str, datetime]]:
        """Walk the folder; a file that is being written is none yet."""
        check_folder(folder)
        for file in (self.folder / folder).glob("[!.]*"):
            with suppress(FileNotFoundError):
                yield f"{folder}/{file.name}", datetime.fromtimestamp(file.stat().st_mtime, UTC)


def storage(url: str, folder: Path) -> Storage:
    """The store that the settings ask for: ``s3://bucket?endpoint=…&region=…``, or the folder without a URL.

    A store of another kind is loaded only when it is asked for: its library costs a process some 30 MB.
    """
    if not url:
        return DiskStorage(folder)
    scheme = urlsplit(url).scheme
    if scheme not in _KINDS:
        raise ValueError(f"STORAGE_URL begins with {scheme}://; it must begin with s3://")
    found: Storage = importlib.import_module(_KINDS[scheme]).storage(url)
    return found
