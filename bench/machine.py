"""What the machine is, in one paragraph: never its name, its addresses or a path."""

from __future__ import annotations

import os
import platform
import re
from datetime import UTC, datetime
from pathlib import Path

from app.embedded import account
from bench.tools import embedded_postgres, version_of

MEBIBYTES_A_GIBIBYTE = 1024


def description() -> str:
    """Cores, processor, memory, PostgreSQL, Python, load generator and day."""
    postgres = account.run([embedded_postgres(), "--version"]).stdout.split()[-1]
    parts = [
        f"{os.cpu_count()} cores ({_processor()})",
        f"{_memory_gibibytes():.0f} GiB",
        f"{platform.system()} {platform.machine()}",
        f"embedded PostgreSQL {postgres} with fsync and synchronous_commit on",
        f"Python {platform.python_version()}",
        f"load generators {version_of('pgbench')} and {version_of('wrk')} on the same machine",
        f"{datetime.now(UTC):%Y-%m-%d}",
    ]
    return f"Machine: {', '.join(parts)}."


def _processor() -> str:
    found = re.search(r"model name\s*:\s*(.+)", _read("/proc/cpuinfo"))
    return found[1] if found else platform.processor() or "unknown processor"


def _memory_gibibytes() -> float:
    found = re.search(r"MemTotal:\s*(\d+) kB", _read("/proc/meminfo"))
    return int(found[1]) / MEBIBYTES_A_GIBIBYTE**2 if found else 0.0


def _read(file: str) -> str:
    return Path(file).read_text(encoding="utf-8") if Path(file).exists() else ""
