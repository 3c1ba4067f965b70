"""Who may wait for a worker inside a request: half of a process's threads, so that the others go on answering."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from threading import BoundedSemaphore

from app.core.config import settings

_places: dict[int, BoundedSemaphore] = {}


@contextmanager
def place() -> Iterator[bool]:
    """Take a place while the block runs; False where none is free, and whoever asked is answered without waiting."""
    half = max(1, settings().pool_size // 2)  # each thread has one connection of the pool
    places = _places.setdefault(half, BoundedSemaphore(half))
    has_place = places.acquire(blocking=False)
    try:
        yield has_place
    finally:
        if has_place:
            places.release()
