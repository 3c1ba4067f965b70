"""The product's own commands that the launcher runs to their end: migrate, fill the demo, tell the demo's log-ins."""

import subprocess
import sys

from app.embedded.console import LaunchError
from app.embedded.interruption import Interruption
from app.embedded.parent_watch import ParentWatch
from app.embedded.paths import PROJECT

MIGRATE = ("db", "upgrade")
SEED_DEMO = ("demo", "seed")
DEMO_LOGINS = ("demo", "logins")


class Product:
    """Runs `flask` commands; what they print goes to the terminal, and asking the launcher to stop ends them."""

    def __init__(self, environment: dict[str, str], watch: ParentWatch, interruption: Interruption) -> None:
        self._environment = environment | {"REGULARS_PROCESS": "cli"}
        self._watch = watch
        self._interruption = interruption

    def run(self, *command: str) -> None:
        """Run one flask command. Raises LaunchError when it fails, Stopped when somebody asked us to stop."""
        process = subprocess.Popen(
            [sys.executable, "-m", "flask", "--app", "wsgi", *command],
            cwd=PROJECT,
            env=self._environment,
            stdin=subprocess.DEVNULL,
            start_new_session=True,
        )
        self._watch.add(process.pid)
        while process.poll() is None:
            if self._interruption.wait(0.05):
                process.terminate()
                process.wait()
        self._watch.remove(process.pid)
        self._interruption.check()
        if process.returncode != 0:
            raise LaunchError(f"`flask {' '.join(command)}` failed with exit status {process.returncode}.")
