"""What the two embedded servers have in common: started as our child or adopted, waited for, reaped."""

import subprocess
from abc import ABC, abstractmethod
from collections.abc import Sequence
from pathlib import Path

from app.embedded import account
from app.embedded.console import LaunchError
from app.embedded.log_files import open_for_process, tail
from app.embedded.paths import Places
from app.embedded.processes import wait_until

START_SECONDS = 60.0


class Server(ABC):
    """One server of one instance. It may outlive the launcher that started it; the next one adopts it."""

    def __init__(self, places: Places) -> None:
        self.places = places
        self._child: subprocess.Popen[bytes] | None = None

    @property
    def log(self) -> Path:
        """The server's log file."""
        return self.places.logs / f"{type(self).__name__.lower()}.log"

    @abstractmethod
    def start(self) -> bool:
        """Start the server or adopt a running one, and wait until it answers. Returns True when adopted."""

    @abstractmethod
    def stop(self) -> None:
        """Stop the server; idle when it is down."""

    @abstractmethod
    def is_ready(self) -> bool:
        """Say whether the server answers."""

    @abstractmethod
    def pid(self) -> int | None:
        """Return the server's pid, or None when it does not run."""

    def is_alive(self) -> bool:
        """Say whether the server's process lives, be it ours or adopted."""
        self._reap()
        return self._child is not None or self.pid() is not None

    def _is_there_already(self) -> bool:
        """Say whether the server runs; one that still recovers, reads its file or is just dying is waited for."""
        if self.pid() is None:
            return False
        wait_until(lambda: self.is_ready() or self.pid() is None, START_SECONDS)
        return self.is_ready()

    def _spawn(self, command: Sequence[str | Path], folder: Path) -> None:
        self._reap(is_ending=True)  # the one before us, if it was killed
        account.make_private_folder(self.places.sockets)
        with open_for_process(self.log) as log:
            self._child = subprocess.Popen(
                command,
                cwd=folder,
                env=account.clean_environment(),
                stdin=subprocess.DEVNULL,
                stdout=log,
                stderr=log,
                start_new_session=True,  # Ctrl-C is for the launcher, which stops the servers last
                **account.popen_options(),
            )
        wait_until(lambda: self.is_ready() or not self.is_alive(), START_SECONDS)
        if not self.is_ready():
            raise LaunchError(f"{type(self).__name__} does not start. Its last words:\n{tail(self.log)}")

    def _reap(self, *, is_ending: bool = False) -> None:
        if self._child is not None and (is_ending or self._child.poll() is not None):
            self._child.wait()
            self._child = None
