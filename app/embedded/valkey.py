"""The embedded Valkey of one instance: append-only file on, a unix socket in a private folder."""

import re
import signal
import socket
import subprocess
from contextlib import suppress
from dataclasses import dataclass, field
from os import kill
from pathlib import Path

from app.embedded import account, binaries
from app.embedded.console import LaunchError
from app.embedded.log_files import open_for_process, tail
from app.embedded.paths import Places
from app.embedded.processes import is_running, wait_until

START_SECONDS = 60.0
STOP_SECONDS = 20.0
DATABASES = 64
OPTIONS = ["--port", "0", "--unixsocketperm", "700", "--dir", ".", "--appendonly", "yes", "--appendfsync", "everysec"]
OPTIONS += ["--save", "", "--maxmemory-policy", "noeviction", "--databases", str(DATABASES), "--daemonize", "no"]


@dataclass
class Valkey:
    """A Valkey that is the queue's doorbell; whoever can write to it can run code, hence the private socket."""

    places: Places
    _child: subprocess.Popen[bytes] | None = field(default=None, init=False)

    def __post_init__(self) -> None:
        self.data = self.places.data / "valkey"
        self.socket = self.places.sockets / "valkey.sock"
        self.program = binaries.valkey_server(self.places.data)

    def start(self) -> bool:
        """Start the server or adopt a running one, and wait until it answers. Returns True when adopted."""
        if self.is_ready():
            return True
        account.make_private_folder(self.data)
        self._spawn()
        if not wait_until(lambda: self.is_ready() or not self.is_alive(), START_SECONDS) or not self.is_ready():
            raise LaunchError(f"Valkey does not start. Its last words:\n{tail(self.log)}")
        return False

    def stop(self) -> None:
        """Let the server write what it holds and leave; idle when it is down."""
        pid = self.pid()
        if pid is None:
            return
        kill(pid, signal.SIGTERM)
        if self._child is not None:
            self._child.wait(STOP_SECONDS)
            self._child = None
        wait_until(lambda: not is_running(pid), STOP_SECONDS)

    def is_ready(self) -> bool:
        """Say whether the server answers PING (it does not while it still reads its file)."""
        return self._ask("PING").startswith(b"+PONG")

    def is_alive(self) -> bool:
        """Say whether the server's process lives, be it ours or adopted."""
        if self._child is not None:
            return self._child.poll() is None
        return self.pid() is not None

    def pid(self) -> int | None:
        """Return the server's pid, asked from itself, or None when nobody answers."""
        found = re.search(rb"process_id:(\d+)", self._ask("INFO server"))
        return int(found[1]) if found else None

    def url(self, database: int = 0) -> str:
        """Return the redis-py URL of one of the 64 databases."""
        return f"unix://{self.socket}?db={database}"

    @property
    def log(self) -> Path:
        """The server's log file."""
        return self.places.logs / "valkey.log"

    def _spawn(self) -> None:
        with open_for_process(self.log) as log:
            self._child = subprocess.Popen(
                [self.program, "--unixsocket", self.socket, *OPTIONS],
                cwd=self.data,  # the data folder by cwd: an option with a space in it would be taken apart
                env=account.clean_environment(),
                stdin=subprocess.DEVNULL,
                stdout=log,
                stderr=log,
                start_new_session=True,
                **account.popen_options(),
            )

    def _ask(self, command: str) -> bytes:
        with suppress(OSError), socket.socket(socket.AF_UNIX) as line:
            line.settimeout(2)
            line.connect(str(self.socket))
            line.sendall(f"{command}\r\n".encode())
            return line.recv(65536)
        return b""
