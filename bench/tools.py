"""Finds the compiled load generators: pgbench and wrk come from the system, not from a wheel."""

from __future__ import annotations

import re
import shutil
import subprocess
from pathlib import Path

from app.embedded import binaries, paths

PACKAGES = {"pgbench": "postgresql", "wrk": "wrk"}


class MissingTool(Exception):
    """A load generator is not on this machine; the text says how to get it."""


def tool(name: str) -> Path:
    """The program pgbench or wrk: on the PATH, else in the newest PostgreSQL of the system."""
    found = shutil.which(name)
    if found and Path(found).resolve().name == name:
        return Path(found).resolve()
    installed = sorted(Path("/usr/lib/postgresql").glob(f"*/bin/{name}"), key=lambda file: int(file.parts[-3]))
    if installed:
        return installed[-1]
    if found:
        return Path(found)
    raise MissingTool(f"{name} is not on this machine and this measurement needs it: apt-get install {PACKAGES[name]}")


def version_of(name: str) -> str:
    """The tool's name and version, for example "wrk 4.1.0", or its name and "(not here)"."""
    try:
        answer = subprocess.run([tool(name), "--version"], capture_output=True, text=True, check=False)
    except MissingTool:
        return f"{name} (not here)"
    found = re.search(r"\d+(\.\d+)+", answer.stdout + answer.stderr)
    return f"{name} {found[0] if found else ''}".strip()


def embedded_postgres() -> Path:
    """The server program that the product embeds."""
    return binaries.postgres_folder(paths.default_instance()) / "postgres"
