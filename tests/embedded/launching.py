"""Starts real launchers on a stand-in product in a folder of its own, and looks at what they do."""

import os
import shutil
import signal
import subprocess
import sys
import urllib.request
from contextlib import suppress
from dataclasses import dataclass, field
from pathlib import Path

from app.embedded import paths
from app.embedded.environment import VENV
from app.embedded.processes import wait_until
from app.embedded.services import Services
from tests.support.ports import unused_port

STANDIN = Path(__file__).with_name("standin")
READY_SECONDS = 60.0


def make_project(folder: Path) -> Path:
    """Make a project of the launcher, the commands and the stand-in product; it shares this project's environment."""
    project = folder / "a project"
    (project / "app").mkdir(parents=True)
    (project / "app" / "__init__.py").touch()
    (project / "app" / "embedded").symlink_to(paths.PROJECT / "app" / "embedded")
    shutil.copytree(paths.PROJECT / "bin", project / "bin")
    for file in (STANDIN / "wsgi.py", STANDIN / "Procfile", *paths.PROJECT.glob("requirements*.lock")):
        shutil.copy(file, project)
    (project / ".venv").symlink_to(VENV.resolve())
    return project


@dataclass
class Launcher:
    """One bin/run on one instance of a project."""

    project: Path
    instance: str = "instance"
    port: int = field(default_factory=unused_port)
    process: subprocess.Popen[str] | None = None

    @property
    def output(self) -> str:
        """What it has printed so far, over all its starts."""
        return self._log.read_text(encoding="utf-8")

    @property
    def services(self) -> Services:
        """The servers of the instance as another process sees them."""
        return Services(paths.settle(self.project / self.instance))

    def start(self) -> "Launcher":
        """Start it and wait until it is ready."""
        self.begin()
        mark = self.output.count("Stop with Ctrl-C")
        assert wait_until(lambda: self.output.count("Stop with Ctrl-C") > mark, READY_SECONDS), self.output
        return self

    def begin(self) -> None:
        """Start it and do not wait."""
        own = {"PORT": str(self.port), "INSTANCE_PATH": self.instance, "WEB_WORKERS": "1", "WEB_THREADS": "1"}
        path = f"{Path(sys.executable).parent}{os.pathsep}{os.environ['PATH']}"
        with self._log.open("a") as log:
            self.process = subprocess.Popen(
                [str(self.project / "bin" / "run")],
                env=_without_stack() | own | {"PATH": path},
                stdout=log,
                stderr=log,
                start_new_session=True,
                text=True,
            )

    def end(self) -> int:
        """Wait until it has ended by itself and return its exit status."""
        assert self.process is not None
        return self.process.wait(READY_SECONDS)

    def press_ctrl_c(self) -> int:
        """Interrupt it as a terminal does and return its exit status."""
        assert self.process is not None
        self.process.send_signal(signal.SIGINT)
        return self.end()

    def kill(self) -> None:
        """Kill it with SIGKILL, which it cannot notice."""
        assert self.process is not None
        self.process.kill()
        self.process.wait()

    def page(self) -> str:
        """Return what /readyz says."""
        with urllib.request.urlopen(f"http://127.0.0.1:{self.port}/readyz", timeout=30) as answer:
            return str(answer.read().decode())

    def clean_up(self) -> None:
        """Leave nothing behind, whatever state it is in."""
        if self.process is not None and self.process.poll() is None:
            with suppress(subprocess.TimeoutExpired):
                self.press_ctrl_c()
            self.process.kill()
            self.process.wait()
        self.services.stop()

    @property
    def _log(self) -> Path:
        return self.project / f"{self.instance}.output"


def processes_in(project: Path, words: str) -> list[int]:
    """Return the living processes whose working folder is the project and whose command line has the words."""
    found = []
    for entry in Path("/proc").glob("[0-9]*"):
        with suppress(OSError):
            command = (entry / "cmdline").read_bytes().replace(b"\0", b" ").decode()
            if words in command and (entry / "cwd").resolve(strict=True) == project:
                found.append(int(entry.name))
    return sorted(found)


def _without_stack() -> dict[str, str]:
    ours = ("DATABASE_", "REDIS_", "REGULARS_", "PYTEST_")
    return {name: value for name, value in os.environ.items() if not name.startswith(ours)}
