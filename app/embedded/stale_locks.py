"""Lock files that a killed PostgreSQL left behind, when their pid has meanwhile been given to somebody else."""

from contextlib import suppress
from pathlib import Path

from app.embedded.console import LaunchError
from app.embedded.processes import anyone_works_in, is_running, wait_until, works_in

DYING_SECONDS = 15.0  # sessions of a killed postmaster end when they notice, at the latest after their statement


def clear(data: Path, sockets: Path, port: int) -> None:
    """Remove postmaster.pid and the socket's lock where their pid lives but is no PostgreSQL on these data.

    PostgreSQL itself takes over the locks of a dead pid, after looking at shared memory; a reused pid (usual in
    containers) or a zombie it believes alive. Raises LaunchError while a process still works in the data folder.
    """
    pid_file = data / "postmaster.pid"
    pid = recorded_pid(pid_file)
    if pid is not None and works_in(pid, data):
        raise LaunchError(f"A PostgreSQL (pid {pid}) holds {data} but does not answer. See its log, or end it.")
    if not wait_until(lambda: not anyone_works_in(data), DYING_SECONDS):
        raise LaunchError(f"Processes of an earlier PostgreSQL still work in {data}. Wait a moment, then try again.")
    for lock in (pid_file, sockets / f".s.PGSQL.{port}.lock"):
        holder = recorded_pid(lock)
        if holder is not None and (is_running(holder) or _is_zombie(holder)):
            lock.unlink(missing_ok=True)


def recorded_pid(lock: Path) -> int | None:
    """Return the pid in the first line of a lock file, or None."""
    with suppress(OSError, ValueError, IndexError):
        return abs(int(lock.read_text(encoding="utf-8").splitlines()[0]))
    return None


def _is_zombie(pid: int) -> bool:
    return Path(f"/proc/{pid}").exists()
