"""What the launcher says on the terminal: plain lines, timed steps that stay alive, and errors meant for people."""

import sys
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager

TICK_SECONDS = 3.0


class LaunchError(Exception):
    """Something the person at the terminal can act on; its text is printed without a traceback."""


def say(text: str) -> None:
    """Print one line at once, also when the output is a pipe."""
    print(text, flush=True)


@contextmanager
def step(title: str, *, is_talkative: bool = False) -> Iterator[None]:
    """Announce a piece of work, show that it is alive every 3 s, and say how long it took (seconds).

    `is_talkative`: the work prints its own progress, so nothing is said in between.
    """
    started = time.monotonic()
    complain(f"· {title} …")
    done = threading.Event()
    ticker = threading.Thread(target=_tick, args=(title, started, done), daemon=True)
    if not is_talkative:
        ticker.start()
    try:
        yield
    finally:
        done.set()
    complain(f"  {title}: {time.monotonic() - started:.1f} s")


def complain(text: str) -> None:
    """Print progress or an error for people, on standard error: standard output is for results."""
    print(text, file=sys.stderr, flush=True)


def _tick(title: str, started: float, done: threading.Event) -> None:
    while not done.wait(TICK_SECONDS):
        complain(f"  {title}: {time.monotonic() - started:.0f} s so far")
