"""Ctrl-C, SIGTERM and a closed terminal: noted here, acted on by the launcher at its next look."""

import signal
import threading
from types import FrameType

SIGNALS = (signal.SIGINT, signal.SIGTERM, signal.SIGHUP)


class Stopped(Exception):
    """Somebody asked the launcher to stop before it had started everything."""


class Interruption:
    """Counts the requests to stop: the first one asks, a second one hurries."""

    def __init__(self) -> None:
        self._asked = threading.Event()
        self._count = 0

    def listen(self) -> None:
        """Take over the signals of this process; from here on none of them ends it by itself."""
        for number in SIGNALS:
            signal.signal(number, self._note)

    @property
    def is_asked(self) -> bool:
        """Whether somebody asked us to stop."""
        return self._asked.is_set()

    @property
    def is_hurried(self) -> bool:
        """Whether somebody asked a second time."""
        return self._count > 1

    def wait(self, seconds: float) -> bool:
        """Sleep, but wake up when asked to stop; return whether we are."""
        return self._asked.wait(seconds)

    def check(self) -> None:
        """Raise Stopped when asked to stop."""
        if self.is_asked:
            raise Stopped

    def _note(self, _number: int, _frame: FrameType | None) -> None:
        self._count += 1
        self._asked.set()
