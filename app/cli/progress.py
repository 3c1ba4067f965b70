"""How a long command shows where it is: a bar for people at a terminal, plain lines for logs; both on stderr."""

from __future__ import annotations

import sys
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager

import click

Advance = Callable[[int], None]

_SECONDS_BETWEEN_LINES = 3.0


@contextmanager
def progress(label: str, length: int) -> Iterator[Advance]:
    """Give a function that is told how many more of ``length`` are done. What ends within seconds prints no line."""
    if not sys.stderr.isatty():
        yield _lines(label, length)
        return
    with click.progressbar(length=length, label=label, file=sys.stderr, show_pos=True) as bar:
        yield bar.update


def _lines(label: str, length: int) -> Advance:
    done = 0
    printed_at = time.monotonic()

    def advance(count: int) -> None:
        nonlocal done, printed_at
        done += count
        if time.monotonic() - printed_at >= _SECONDS_BETWEEN_LINES:
            printed_at = time.monotonic()
            click.echo(f"{label}: {done:,} of {length:,}", err=True)

    return advance
