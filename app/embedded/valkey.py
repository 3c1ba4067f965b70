"""The embedded Valkey of one instance: append-only file on, a unix socket in a private folder."""

import os
import re
import signal
import socket
from contextlib import suppress

from app.embedded import account, binaries
from app.embedded.paths import Places
from app.embedded.processes import is_running, wait_until
from app.embedded.server import Server

STOP_SECONDS = 20.0
DATABASES = 64
OPTIONS = ["--port", "0", "--unixsocketperm", "700", "--dir", ".", "--appendonly", "yes", "--appendfsync", "everysec"]
OPTIONS += ["--save", "", "--maxmemory-policy", "noeviction", "--databases", str(DATABASES), "--daemonize", "no"]


class Valkey(Server):
    """A Valkey that is the queue's doorbell; whoever can write to it can run jobs, hence the private socket."""

    def __init__(self, places: Places) -> None:
        super().__init__(places)
        self.data = places.data / "valkey"
        self.socket = places.sockets / "valkey.sock"
        self.program = binaries.valkey_server(places.data)

    def start(self) -> bool:
        """Start the server or adopt a running one, and wait until it answers."""
        if self._is_there_already():
            return True
        account.make_private_folder(self.data)
        # The data folder is given as working folder: an option with a space in it would be taken apart.
        self._spawn([self.program, "--unixsocket", self.socket, *OPTIONS], self.data)
        return False

    def stop(self) -> None:
        """Let the server write what it holds and leave."""
        pid = self.pid()
        if pid is None:
            return
        os.kill(pid, signal.SIGTERM)
        if not wait_until(lambda: not is_running(pid), STOP_SECONDS):
            os.kill(pid, signal.SIGKILL)  # what it had acknowledged is in its append-only file
        self._reap(is_ending=True)

    def is_ready(self) -> bool:
        """Say whether the server answers PING (it does not while it still reads its file)."""
        return self._ask("PING").startswith(b"+PONG")

    def pid(self) -> int | None:
        """Return the server's pid, asked from itself, or None when nobody answers."""
        found = re.search(rb"process_id:(\d+)", self._ask("INFO server"))
        return int(found[1]) if found else None

    def url(self, database: int = 0) -> str:
        """Return the redis-py URL of one of the 64 databases."""
        return f"unix://{self.socket}?db={database}"

    def _ask(self, command: str) -> bytes:
        with suppress(OSError), socket.socket(socket.AF_UNIX) as line:
            line.settimeout(2)
            line.connect(str(self.socket))
            line.sendall(f"{command}\r\n".encode())
            return line.recv(65536)
        return b""
