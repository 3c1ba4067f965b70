"""Keys: time-ordered identifiers for rows, random tokens for secrets."""

from __future__ import annotations

import os
import secrets
import struct
import threading
import time
from uuid import UUID

UNAMBIGUOUS = "23456789ABCDEFGHJKMNPQRSTVWXYZ"
_COUNTER_BITS = 12
_COUNTER_LIMIT = 1 << _COUNTER_BITS
_VERSION = 0x7 << 76
_VARIANT = 0b10 << 62
_RANDOM_MASK = (1 << 62) - 1
_BLOCK = struct.Struct("<256Q")


class _Ticks:
    """Counts 4,096 ticks a millisecond and never the same one twice."""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._last = 0

    def next(self) -> int:
        with self._lock:
            self._last = max(self._last + 1, time.time_ns() // 1_000_000 * _COUNTER_LIMIT)
            return self._last


_ticks = _Ticks()
_drawn: list[int] = []
os.register_at_fork(after_in_child=_drawn.clear)  # parent and child never share what was drawn before they parted


def new_id() -> UUID:
    """Return a UUID of version 7 (RFC 9562), strictly ascending within the process.

    48 bits of milliseconds and a 12-bit counter, then 62 random bits, drawn in blocks, which costs a tenth of drawing
    them one by one. When more than 4,096 are asked for in one millisecond the counter runs into the milliseconds, so
    the order holds even while the clock stands or steps back.
    """
    milliseconds, counter = divmod(_ticks.next(), _COUNTER_LIMIT)
    return UUID(int=milliseconds << 80 | _VERSION | counter << 64 | _VARIANT | _random_bits())


def token(bits: int = 256) -> str:
    """Return a URL-safe secret with that many random bits; identifiers are never used as secrets."""
    return secrets.token_urlsafe(bits // 8)


def code(length: int = 8) -> str:
    """Return a random code that people can read aloud and type: no 0, O, 1, I, L or U. Eight letters: 39 bits."""
    number, letters = secrets.randbelow(len(UNAMBIGUOUS) ** length), []
    for _ in range(length):
        number, place = divmod(number, len(UNAMBIGUOUS))
        letters.append(UNAMBIGUOUS[place])
    return "".join(letters)


def _random_bits() -> int:
    """Return 62 random bits; taking one off the list is atomic, so threads never get the same."""
    while True:
        try:
            return _drawn.pop() & _RANDOM_MASK
        except IndexError:
            _drawn.extend(_BLOCK.unpack(os.urandom(_BLOCK.size)))
