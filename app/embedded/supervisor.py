"""Keeps the Procfile's processes running: each in a session of its own, restarted with back-off, stopped in time."""

import os
import signal
import subprocess
import time
from collections.abc import Callable
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path

from app.embedded.console import complain, say
from app.embedded.log_files import open_for_process, tail
from app.embedded.parent_watch import ParentWatch
from app.embedded.paths import PROJECT
from app.embedded.processes import wait_until

STOP_SECONDS = 40.0
LONGEST_PAUSE = 30.0
STEADY_SECONDS = 60.0  # who ran this long starts again with the shortest pause


@dataclass
class Child:
    """One line of the Procfile and the process that runs it just now."""

    name: str
    command: str
    log: Path
    process: subprocess.Popen[bytes] | None = None
    started_at: float = 0.0
    deaths: int = 0
    due_at: float = 0.0

    @property
    def is_running(self) -> bool:
        """Whether its process lives."""
        return self.process is not None and self.process.poll() is None


class Supervisor:
    """Runs commands with one environment; `tend()` is to be called about twice a second."""

    def __init__(self, commands: dict[str, str], environment: dict[str, str], logs: Path, watch: ParentWatch) -> None:
        self.children = [Child(name, command, logs / f"{name}.log") for name, command in commands.items()]
        self._environment = environment
        self._watch = watch

    def start(self) -> None:
        """Start every process."""
        for child in self.children:
            self._spawn(child)

    def tend(self) -> None:
        """Notice the dead, say so, and start them again: at once after 1 s, then 2, 4 … 30 s while they keep dying."""
        for child in self.children:
            if child.process is not None and not child.is_running:
                self._bury(child, child.process)
            if child.process is None and time.monotonic() >= child.due_at:
                self._spawn(child)

    def stop(self, is_hurried: Callable[[], bool] = lambda: False) -> None:
        """Ask all to leave (SIGTERM) and kill what is left after 40 s, or when somebody hurries us."""
        running = [child.process for child in self.children if child.process is not None and child.is_running]
        for process in running:
            process.terminate()
        wait_until(lambda: is_hurried() or all(process.poll() is not None for process in running), STOP_SECONDS)
        for process in running:
            if process.poll() is None:
                complain(f"  process {process.pid} did not leave in time and is killed")
            with suppress(ProcessLookupError):
                os.killpg(process.pid, signal.SIGKILL)  # also what it may have left behind in its session
            process.wait()
            self._watch.remove(process.pid)

    @property
    def most_deaths(self) -> int:
        """How often the worst process died without ever having run for a minute."""
        return max((child.deaths for child in self.children), default=0)

    def last_words(self) -> str:
        """Return the end of the log of every process that died, or of all when none did."""
        dead = [child for child in self.children if child.deaths] or self.children
        return "\n".join(f"{child.name}:\n{tail(child.log)}" for child in dead)

    def _spawn(self, child: Child) -> None:
        with open_for_process(child.log) as log:
            child.process = subprocess.Popen(
                ["/bin/sh", "-c", f"exec {child.command}"],
                cwd=PROJECT,
                env=self._environment | {"REGULARS_PROCESS": child.name},
                stdin=subprocess.DEVNULL,
                stdout=log,
                stderr=log,
                start_new_session=True,
            )
        self._watch.add(child.process.pid)
        child.started_at = time.monotonic()

    def _bury(self, child: Child, process: subprocess.Popen[bytes]) -> None:
        with suppress(ProcessLookupError, PermissionError):
            os.killpg(process.pid, signal.SIGKILL)
        self._watch.remove(process.pid)
        lived = time.monotonic() - child.started_at
        child.deaths = 1 if lived > STEADY_SECONDS else child.deaths + 1
        pause = min(LONGEST_PAUSE, 2.0 ** (child.deaths - 1))
        child.process, child.due_at = None, time.monotonic() + pause
        say(f"{child.name} ended ({_reason(process.returncode)}) and starts again in {pause:.0f} s; see {child.log}")
        if child.deaths > 1:
            complain(tail(child.log, 5))


def _reason(status: int) -> str:
    return f"signal {signal.Signals(-status).name}" if status < 0 else f"exit status {status}"
