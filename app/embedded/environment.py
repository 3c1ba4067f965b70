"""Makes .venv from a hash-pinned lock file, by whatever installer the machine has, and continues inside it."""

import fcntl
import hashlib
import os
import re
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from app.embedded import installers
from app.embedded.console import LaunchError, step
from app.embedded.paths import PROJECT

RUNTIME = "requirements.lock"
DEVELOPMENT = "requirements-dev.lock"
VENV = PROJECT / ".venv"
PYTHON = VENV / "bin" / "python"
SERVES = {RUNTIME: (RUNTIME, DEVELOPMENT), DEVELOPMENT: (DEVELOPMENT,)}  # the development lock contains the other


def enter(lock: str, module: str) -> None:
    """Return when this process runs in .venv with all of the lock installed; else make that so and start anew in it.

    Compiled modules are kept, whatever the environment says: several processes start from the same thousand files.
    """
    os.environ.pop("PYTHONDONTWRITEBYTECODE", None)
    with _one_at_a_time():
        if not is_current(lock):
            _install(lock)
    if Path(sys.prefix).resolve() != VENV.resolve():
        os.execv(PYTHON, [str(PYTHON), "-m", module, *sys.argv[1:]])
    os.environ["PATH"] = f"{PYTHON.parent}{os.pathsep}{os.environ.get('PATH', os.defpath)}"


def is_current(lock: str) -> bool:
    """Say whether .venv was installed from this lock file (or the one containing it), here and by this Python."""
    return any(_stamp(name).exists() and _stamp(name).read_text() == _state(name) for name in SERVES[lock])


def mark_current(lock: str) -> None:
    """Note that .venv now holds everything of the lock file."""
    _stamp(lock).write_text(_state(lock))


def _install(lock: str) -> None:
    packages = len(re.findall(r"^\S+==", PROJECT.joinpath(lock).read_text(encoding="utf-8"), re.MULTILINE))
    with step("Making the environment .venv"):
        install = installers.prepare(VENV)
    command = [*install, "--require-hashes", "--only-binary", ":all:", "-r", str(PROJECT / lock)]
    with step(f"Installing the {packages} packages of {lock}"):
        # Not in the project: uv would add its own constraints, which have no hashes.
        answer = subprocess.run(command, cwd="/", capture_output=True, text=True, check=False)
    if answer.returncode != 0:
        lines = (answer.stdout + answer.stderr).strip().splitlines()[-12:]
        raise LaunchError("\n".join(["The packages could not be installed:", *lines, installers.INDEX_HINT]))
    mark_current(lock)


def _stamp(lock: str) -> Path:
    return VENV / f".installed-{lock}"


def _state(lock: str) -> str:
    digest = hashlib.sha256(PROJECT.joinpath(lock).read_bytes()).hexdigest()
    return f"{digest} python{sys.version_info.major}.{sys.version_info.minor} {VENV.resolve()}\n"


@contextmanager
def _one_at_a_time() -> Iterator[None]:
    folder = os.open(PROJECT, os.O_RDONLY)
    try:
        fcntl.flock(folder, fcntl.LOCK_EX)
        yield
    finally:
        os.close(folder)
