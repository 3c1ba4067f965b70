"""The settings of a start: the environment, filled up from `.env`; every name is explained in `.env.example`."""

import os
from dataclasses import dataclass
from pathlib import Path

from app.embedded.console import LaunchError
from app.embedded.paths import PROJECT

HIGHEST_PORT = 65_535


@dataclass(frozen=True)
class Settings:
    """What the launcher itself has to know; everything else only passes through to the processes."""

    host: str
    port: int
    base_url: str
    instance: Path
    has_demo: bool


def read() -> Settings:
    """Fill the process's environment up from PROJECT/.env (what is set already wins) and read the settings."""
    for name, value in parse(PROJECT / ".env").items():
        os.environ.setdefault(name, value)
    port = _port(os.environ.get("PORT") or "8000")
    return Settings(
        host=os.environ.get("HOST") or "127.0.0.1",
        port=port,
        base_url=(os.environ.get("BASE_URL") or f"http://localhost:{port}").rstrip("/"),
        instance=PROJECT / (os.environ.get("INSTANCE_PATH") or "instance"),
        has_demo=(os.environ.get("DEMO") or "on").lower() not in ("off", "no", "0", "false"),
    )


def parse(file: Path) -> dict[str, str]:
    """Read NAME=value lines, without blank ones and those that begin with #, and without quotes around a value."""
    if not file.exists():
        return {}
    found = {}
    for line in file.read_text(encoding="utf-8").splitlines():
        name, equals, value = line.strip().partition("=")
        if equals and not name.startswith("#"):
            found[name.removeprefix("export ").strip()] = value.strip().strip("\"'")
    return found


def _port(text: str) -> int:
    if not text.isdecimal() or not 0 < int(text) <= HIGHEST_PORT:
        raise LaunchError(f"PORT is {text!r}; it must be a number from 1 to {HIGHEST_PORT}.")
    return int(text)
