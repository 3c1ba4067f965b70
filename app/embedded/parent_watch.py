"""A small process that outlives a killed launcher just long enough to end the processes it left behind.

The launcher writes the process group of every child into this process's standard input. When the launcher dies, however
it dies, the kernel closes that pipe; what is still listed is then asked to leave, and killed after a grace period.
PostgreSQL and Valkey are not listed: the next start adopts them. So no process of the product needs to watch anybody.
"""

import os
import signal
import subprocess
import sys
from contextlib import suppress
from typing import TextIO

from app.embedded.paths import PROJECT
from app.embedded.processes import is_running, wait_until

GRACE_SECONDS = 10.0


class ParentWatch:
    """The launcher's end of the pipe."""

    def __init__(self) -> None:
        self._watcher = subprocess.Popen(
            [sys.executable, "-m", "app.embedded.parent_watch"],
            cwd=PROJECT,
            stdin=subprocess.PIPE,
            text=True,
            start_new_session=True,
        )

    def add(self, group: int) -> None:
        """Have this process group ended should the launcher die."""
        self._tell(f"+{group}")

    def remove(self, group: int) -> None:
        """Forget a group that has ended: its number may be given to somebody else."""
        self._tell(f"-{group}")

    def close(self) -> None:
        """End the watcher; call it when everything listed has ended."""
        assert self._watcher.stdin is not None
        self._watcher.stdin.close()
        self._watcher.wait()

    def _tell(self, line: str) -> None:
        assert self._watcher.stdin is not None
        with suppress(BrokenPipeError):
            self._watcher.stdin.write(f"{line}\n")
            self._watcher.stdin.flush()


def watch(pipe: TextIO) -> None:
    """Read the list until the pipe closes, then end the groups that are on it."""
    groups: set[int] = set()
    for line in pipe:
        group = int(line[1:])
        groups.add(group) if line.startswith("+") else groups.discard(group)
    for group in groups:
        with suppress(ProcessLookupError):
            os.kill(group, signal.SIGTERM)
    wait_until(lambda: not any(map(is_running, groups)), GRACE_SECONDS)
    for group in groups:
        with suppress(ProcessLookupError, PermissionError):
            os.killpg(group, signal.SIGKILL)


if __name__ == "__main__":
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    watch(sys.stdin)
