"""One launcher for one instance: a lock that the kernel takes back when its holder dies, however it dies."""

import fcntl
import os
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from app.embedded.console import LaunchError


@contextmanager
def held(lock: Path) -> Iterator[bool]:
    """Hold the instance's lock. Yields True when the launcher before us did not end by itself (kill -9, power cut).

    Raises LaunchError at once while another launcher runs.
    """
    with lock.open("a+") as file:
        try:
            fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            file.seek(0)
            raise LaunchError(_taken(lock, file.read().strip())) from None
        file.seek(0)
        was_killed = bool(file.read().strip())
        _write(file.fileno(), str(os.getpid()))
        try:
            yield was_killed
        finally:
            _write(file.fileno(), "")


def _write(descriptor: int, text: str) -> None:
    os.ftruncate(descriptor, 0)
    os.write(descriptor, text.encode())


def _taken(lock: Path, pid: str) -> str:
    return (
        f"Another bin/run (pid {pid}) runs on {lock.parent}.\n"
        "Stop it with Ctrl-C there, or start a second copy beside it with its own port and folder:\n"
        "  PORT=8001 INSTANCE_PATH=instance-2 bin/run"
    )
