"""The ways to get an environment and an installer for it: ensurepip, the system's pip, uv, Debian's own package."""

import os
import shutil
import subprocess
import sys
from pathlib import Path

from app.embedded.console import LaunchError, complain

INDEX_HINT = "Is the package index reachable? Proxies and mirrors come from pip's own configuration (PIP_INDEX_URL)."
MISSING = """This Python can make no environment: it has neither ensurepip nor pip, and there is no uv.
Install one of them, then start again:
  Debian or Ubuntu   sudo apt-get install python3-venv
  macOS              brew install python@3.13
  elsewhere          https://docs.astral.sh/uv/ (one program, no root needed)"""


def prepare(venv: Path) -> list[str]:
    """Make the environment (keeping a working one) and return the command that installs packages into it."""
    install = _with_ensurepip(venv) or _with_system_pip(venv) or _with_uv(venv) or _with_apt(venv)
    if install is None:
        raise LaunchError(MISSING)
    return install


def _with_ensurepip(venv: Path) -> list[str] | None:
    pip = [str(venv / "bin" / "python"), "-m", "pip"]
    if not _works([*pip, "--version"]) and not _works([sys.executable, "-m", "venv", *_clear(venv), str(venv)]):
        return None
    return [*pip, "install", "--quiet", "--disable-pip-version-check", "--no-input"]


def _with_system_pip(venv: Path) -> list[str] | None:
    if not _works([sys.executable, "-m", "pip", "--version"]) or not _without_pip(venv):
        return None
    pip = [sys.executable, "-m", "pip", "--python", str(venv / "bin" / "python")]
    return [*pip, "install", "--quiet", "--disable-pip-version-check", "--no-input"]


def _with_uv(venv: Path) -> list[str] | None:
    uv = shutil.which("uv")
    if uv is None or not _without_pip(venv):
        return None
    os.environ["UV_PYTHON_DOWNLOADS"] = "never"  # else it may fetch another Python from a code host
    return [uv, "pip", "install", "--quiet", "--python", str(venv / "bin" / "python")]


def _with_apt(venv: Path) -> list[str] | None:
    apt = shutil.which("apt-get")
    if apt is None or os.geteuid() != 0:
        return None
    complain("  This Debian has no python3-venv: installing it with apt-get, as we are root …")
    quiet = {**os.environ, "DEBIAN_FRONTEND": "noninteractive"}
    for arguments in (["update", "-q"], ["install", "-q", "-y", "--no-install-recommends", "python3-venv"]):
        answer = subprocess.run([apt, *arguments], env=quiet, capture_output=True, text=True, check=False)
        if answer.returncode != 0:
            complain(answer.stderr.strip())
    return _with_ensurepip(venv)


def _without_pip(venv: Path) -> bool:
    return _works([sys.executable, "-m", "venv", "--without-pip", *_clear(venv), str(venv)])


def _clear(venv: Path) -> list[str]:
    version = f"import sys; raise SystemExit(sys.version_info[:2] != {tuple(sys.version_info[:2])})"
    return [] if _works([str(venv / "bin" / "python"), "-c", version]) else ["--clear"]


def _works(command: list[str]) -> bool:
    try:
        return subprocess.run(command, capture_output=True, check=False).returncode == 0
    except OSError:
        return False
