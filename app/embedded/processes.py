"""Questions about other processes that work without `ps` (bare Debian has none) and see through zombies."""

import os
import shutil
import subprocess
import time
from collections.abc import Callable
from pathlib import Path


def is_running(pid: int) -> bool:
    """Say whether the process lives; a zombie, which only waits to be reaped, does not."""
    if pid <= 0:
        return False
    try:
        os.kill(pid, 0)
    except ProcessLookupError:
        return False
    except PermissionError:
        return True
    return _state(pid) != "Z"


def works_in(pid: int, folder: Path) -> bool:
    """Say whether the living process has this working folder, as a postmaster has its data folder."""
    if not is_running(pid):
        return False
    link = Path(f"/proc/{pid}/cwd")
    if Path("/proc/self").exists():
        try:
            return link.resolve(strict=True) == folder.resolve()
        except OSError:
            return False
    return "postgres" in _ask_ps(pid, "command")


def anyone_works_in(folder: Path) -> bool:
    """Say whether any living process has this working folder (Linux; elsewhere nothing is found)."""
    pids = (int(entry.name) for entry in Path("/proc").glob("[0-9]*"))
    return any(works_in(pid, folder) for pid in pids)


def wait_until(condition: Callable[[], bool], seconds: float, pause: float = 0.05) -> bool:
    """Ask again and again until the condition holds or the seconds are over; return whether it held."""
    deadline = time.monotonic() + seconds
    while not condition():
        if time.monotonic() > deadline:
            return False
        time.sleep(pause)
    return True


def _state(pid: int) -> str:
    try:
        status = Path(f"/proc/{pid}/stat").read_text(encoding="utf-8", errors="replace")
    except OSError:
        return _ask_ps(pid, "stat")[:1]
    return status.rpartition(")")[2].split()[0]


def _ask_ps(pid: int, column: str) -> str:
    ps = shutil.which("ps")
    if ps is None:
        return ""
    answer = subprocess.run([ps, "-o", f"{column}=", "-p", str(pid)], capture_output=True, text=True, check=False)
    return answer.stdout.strip()
