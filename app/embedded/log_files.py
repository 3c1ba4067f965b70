"""The log files of an instance: opened for a process, kept from growing without end, and their last lines."""

import os
from pathlib import Path
from typing import BinaryIO

MOST_BYTES = 20_000_000


def open_for_process(log: Path) -> BinaryIO:
    """Open a log for appending; one that has grown past 20 MB becomes `<name>.1` first, and replaces the older one."""
    if log.exists() and log.stat().st_size > MOST_BYTES:
        log.replace(log.with_name(log.name + ".1"))
    return log.open("ab")


def tail(log: Path, lines: int = 15) -> str:
    """Return the last lines of a log file."""
    if not log.exists():
        return ""
    with log.open("rb") as file:
        file.seek(0, os.SEEK_END)
        file.seek(max(0, file.tell() - 20_000))
        text = file.read().decode(errors="replace")
    return "\n".join(text.splitlines()[-lines:])
