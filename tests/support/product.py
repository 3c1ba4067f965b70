"""The product's real processes on a database of a test's own, started and restarted as bin/run does it."""

from __future__ import annotations

import os
import signal
import sys
import threading
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path

from app.embedded import network, procfile
from app.embedded.parent_watch import ParentWatch
from app.embedded.paths import PROJECT
from app.embedded.processes import is_running, wait_until
from app.embedded.supervisor import Child, Supervisor
from tests.support.databases import Database
from tests.support.ports import HOST, unused_port

READY_SECONDS = 90.0
LOOK_SECONDS = 0.2
SETTINGS = {
    "HOST": HOST,
    "WEB_WORKERS": "1",
    "WEB_THREADS": "8",
    "SWEEP_SECONDS": "2",
    "API_RATE_LIMIT": "off",
    "API_INGEST_RATE_LIMIT": "off",
    "AUTH_RATE_LIMIT": "off",
    "CODE_RATE_LIMIT": "off",
    "LOOKUP_RATE_LIMIT": "off",
    "REGULARS_TESTING": "1",
    "PYTHONUNBUFFERED": "1",
}


class Product:
    """Some processes of the Procfile. Their mails, logs and failpoints lie in `folder`."""

    def __init__(
        self, database: Database, folder: Path, watch: ParentWatch, names: Sequence[str], **settings: str
    ) -> None:
        self.folder = folder
        self._settings = settings
        self.port = unused_port()
        self._points = folder / "failpoints"
        self._points.mkdir(exist_ok=True)
        commands = procfile.read(PROJECT / "Procfile")
        self._supervisor = Supervisor(
            {name: commands[name] for name in names}, self._environment(database), folder, watch
        )
        self._stopping = threading.Event()
        self._tending = threading.Thread(target=self._tend)

    @property
    def url(self) -> str:
        """The address of the web process."""
        return f"http://{HOST}:{self.port}"

    @property
    def mails(self) -> list[Path]:
        """The mails that lie in the folder."""
        return sorted((self.folder / "mail").glob("*.eml"))

    def start(self) -> None:
        """Start the processes; the web, if it is among them, is waited for."""
        self._supervisor.start()
        self._tending.start()
        if any(child.name == "web" for child in self._supervisor.children):
            ready = wait_until(lambda: network.is_ready(HOST, self.port), READY_SECONDS, pause=0.2)
            assert ready, self._supervisor.last_words()

    def stop(self) -> None:
        """Stop the processes; nothing of them is left."""
        self._stopping.set()
        if self._tending.ident is not None:
            self._tending.join()
        self._supervisor.stop()

    def pid(self, name: str) -> int:
        """The process that runs a line of the Procfile now; it is started anew within seconds after it died."""
        assert wait_until(lambda: self._child(name).is_running, READY_SECONDS)
        process = self._child(name).process
        assert process is not None
        return process.pid

    def hold(self, point: str) -> None:
        """Have every process that reaches the failpoint stand still there."""
        (self._points / point).touch()

    def release(self, point: str) -> None:
        """Let those who stand at the failpoint go on."""
        (self._points / point).unlink()

    def held_at(self, point: str, *, besides: Sequence[int] = ()) -> int:
        """Wait until a living process stands at the failpoint, and return its pid."""
        found: list[int] = []

        def looks() -> bool:
            pids = (int(file.name.rpartition(".")[2]) for file in self._points.glob(f"{point}.*"))
            found.extend(pid for pid in pids if pid not in besides and is_running(pid))
            return bool(found)

        assert wait_until(looks, READY_SECONDS), self._supervisor.last_words()
        return found[0]

    def log(self, name: str) -> str:
        """What a process has logged so far."""
        return (self.folder / f"{name}.log").read_text(encoding="utf-8", errors="replace")

    def _environment(self, database: Database) -> dict[str, str]:
        own = {"PORT": str(self.port), "INSTANCE_PATH": str(self.folder), "FAILPOINTS": str(self._points)}
        path = {"PATH": f"{Path(sys.executable).parent}{os.pathsep}{os.environ['PATH']}"}
        return os.environ | database.environment() | SETTINGS | self._settings | own | path

    def _child(self, name: str) -> Child:
        return next(child for child in self._supervisor.children if child.name == name)

    def _tend(self) -> None:
        while not self._stopping.wait(LOOK_SECONDS):
            self._supervisor.tend()


@contextmanager
def running(database: Database, folder: Path, names: Sequence[str], **settings: str) -> Iterator[Product]:
    """Yield the started processes; whatever the test does to them, none outlives it. ``settings`` go to them all."""
    watch = ParentWatch()
    product = Product(database, folder, watch, names, **settings)
    try:
        product.start()
        yield product
    finally:
        product.stop()
        watch.close()


def kill(*pids: int) -> None:
    """Kill processes so that they cannot notice, and wait until they are gone."""
    for pid in pids:
        os.kill(pid, signal.SIGKILL)
    assert wait_until(lambda: not any(map(is_running, pids)), READY_SECONDS)
