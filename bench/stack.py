"""A durable PostgreSQL and Valkey of the measurement's own, migrated, and processes of the product on them."""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
import tempfile
from collections.abc import Iterator, Sequence
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass, field
from pathlib import Path

from flask import Flask

from app.core.config import Settings
from app.core.tenancy import db
from app.embedded import paths
from app.embedded.processes import wait_until
from app.embedded.services import Services
from app.factory import create_app

STOP_SECONDS = 20.0
LIMITS = ("API_RATE_LIMIT", "API_INGEST_RATE_LIMIT", "AUTH_RATE_LIMIT", "CODE_RATE_LIMIT", "LOOKUP_RATE_LIMIT")
SECRET = "only measurements have this secret of theirs"


@dataclass
class Stack:
    """The servers, the environment of the product on them, and an application in this process."""

    services: Services
    environment: dict[str, str]
    app: Flask
    ending: ExitStack = field(default_factory=ExitStack)

    def spawn(self, name: str, command: Sequence[str | Path], **variables: str) -> subprocess.Popen[bytes]:
        """Start a process that ends with the stack; what it says goes to a log of the instance."""
        with (self.services.places.logs / f"{name}.log").open("ab") as log:
            process = subprocess.Popen(
                command, cwd=paths.PROJECT, env=self.environment | variables, stdout=log, stderr=log
            )
        self.ending.callback(_end, process)
        return process

    def python(self, name: str, *arguments: str, **variables: str) -> subprocess.Popen[bytes]:
        """Start `python -m …` the same way."""
        return self.spawn(name, [sys.executable, "-m", *arguments], **variables)


@contextmanager
def running_stack(*, has_limits: bool = False) -> Iterator[Stack]:
    """Yield a fresh stack within an application context, with or without rate limits; nothing of it is left after."""
    with temporary_instance() as instance, ExitStack() as ending:
        services = Services(paths.settle(instance))
        ending.callback(services.stop)
        services.start()
        environment = _environment(services, has_limits)
        migrate = [sys.executable, "-m", "flask", "--app", "wsgi", "db", "upgrade"]
        subprocess.run(migrate, cwd=paths.PROJECT, env=environment, check=True, capture_output=True)
        app = create_app(Settings.from_env(environment, process="bench", log_level="ERROR"))
        ending.callback(_close, app)
        with app.app_context():
            yield Stack(services, environment, app, ending)


@contextmanager
def temporary_instance() -> Iterator[Path]:
    """Yield an empty instance folder that the servers' account can pass through."""
    folder = Path(tempfile.mkdtemp(prefix="regulars-bench-"))
    folder.chmod(0o711)
    try:
        yield folder
    finally:
        places = paths.settle(folder)
        for rest in {places.instance, places.data, places.sockets}:
            shutil.rmtree(rest, ignore_errors=True)


def _environment(services: Services, has_limits: bool) -> dict[str, str]:
    limits = {} if has_limits else dict.fromkeys(LIMITS, "off")
    path = f"{Path(sys.executable).parent}{os.pathsep}{os.environ.get('PATH', os.defpath)}"
    own = {"PATH": path, "SECRET_KEY": SECRET, "INSTANCE_PATH": str(services.places.instance), "PYTHONUNBUFFERED": "1"}
    return dict(os.environ) | services.urls() | limits | own


def _end(process: subprocess.Popen[bytes]) -> None:
    process.terminate()
    wait_until(lambda: process.poll() is not None, STOP_SECONDS)
    process.kill()
    process.wait()


def _close(app: Flask) -> None:
    with app.app_context():
        for engine in db.engines.values():
            engine.dispose()
    app.extensions["redis"].close()
