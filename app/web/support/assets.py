"""Static files as browsers like them: addressed by their content and so kept for good, and compressed only once."""

from __future__ import annotations

import gzip
import hashlib
from functools import lru_cache
from pathlib import Path
from typing import Any

from flask import Flask, Response, current_app, request
from werkzeug.wsgi import FileWrapper

_COMPRESSED = frozenset({"text/css", "text/javascript", "image/svg+xml"})
_FOR_GOOD = "public, max-age=31536000, immutable"
_DIGEST_LENGTH = 10


def start(app: Flask) -> None:
    """Give static addresses the digest of their content, and answer them compressed and cacheable."""
    app.url_defaults(_add_digest)
    app.after_request(_improve)


def _add_digest(endpoint: str, values: dict[str, Any]) -> None:
    if endpoint == "static" and "v" not in values and (path := _file(values.get("filename"))):
        values["v"] = _digest(path, path.stat().st_mtime_ns)


def _improve(response: Response) -> Response:
    """A file that was asked for by its present digest never changes; another address is checked each time."""
    if request.endpoint != "static" or response.status_code != 200:
        return response
    path = _file((request.view_args or {}).get("filename"))
    if path is None:
        return response
    modified = path.stat().st_mtime_ns
    if request.args.get("v") == _digest(path, modified):
        response.headers["Cache-Control"] = _FOR_GOOD
    if response.mimetype in _COMPRESSED:
        response.vary.add("Accept-Encoding")
        if request.accept_encodings.quality("gzip") and request.range is None:
            _close_file(response)
            response.set_data(_compressed(path, modified))
            response.headers["Content-Encoding"] = "gzip"
            response.headers.pop("ETag", None)
    return response


def _close_file(response: Response) -> None:
    response.direct_passthrough = False
    if isinstance(response.response, FileWrapper):
        response.response.close()


def _file(name: Any) -> Path | None:
    path = Path(current_app.static_folder or "") / str(name)
    return path if path.is_file() else None


@lru_cache(maxsize=256)
def _digest(path: Path, _modified: int) -> str:
    """The digest of a file; its time of change (nanoseconds) makes a changed file another entry."""
    return hashlib.sha256(path.read_bytes()).hexdigest()[:_DIGEST_LENGTH]


@lru_cache(maxsize=64)
def _compressed(path: Path, _modified: int) -> bytes:
    """The file, compressed; its time of change makes a changed file another entry."""
    return gzip.compress(path.read_bytes(), compresslevel=9, mtime=0)
