"""Reads the Procfile: one `name: command` a line."""

import re
from pathlib import Path

LINE = re.compile(r"^(?P<name>[A-Za-z0-9_-]+):\s*(?P<command>\S.*)$")


def read(file: Path) -> dict[str, str]:
    """Return the shell command of every process by name, in the file's order."""
    found = {}
    for line in file.read_text(encoding="utf-8").splitlines():
        match = LINE.match(line.strip())
        if match:
            found[match["name"]] = match["command"]
    return found
