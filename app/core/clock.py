"""The one clock: everything that asks for the present asks here."""

from __future__ import annotations

import os
from collections.abc import Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from datetime import UTC, datetime

_frozen: ContextVar[datetime | None] = ContextVar("frozen_clock", default=None)


def now() -> datetime:
    """Return the present instant, aware, in UTC.

    `frozen` fixes it for one context, the variable REGULARS_CLOCK (an ISO instant with an offset) for a process;
    both are for tests and demonstrations.
    """
    return _frozen.get() or _process_clock or datetime.now(UTC)


def held() -> datetime | None:
    """Return the instant at which the clock of this context is held, None while it runs."""
    return _frozen.get()


@contextmanager
def frozen(at: datetime) -> Iterator[None]:
    """Hold the clock of the current context at an aware instant."""
    if at.tzinfo is None:
        raise ValueError("The clock is frozen at an instant, so it needs an offset")
    reset = _frozen.set(at.astimezone(UTC))
    try:
        yield
    finally:
        _frozen.reset(reset)


def _from_environment() -> datetime | None:
    """Read REGULARS_CLOCK; a naive instant is refused rather than guessed."""
    text = os.environ.get("REGULARS_CLOCK")
    if not text:
        return None
    at = datetime.fromisoformat(text)
    if at.tzinfo is None:
        raise ValueError("REGULARS_CLOCK needs an offset, such as 2025-03-24T00:00+02:00")
    return at.astimezone(UTC)


_process_clock = _from_environment()
