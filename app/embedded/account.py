"""Under which account PostgreSQL and Valkey run: the person's own, or nobody when the launcher is root."""

import os
import pwd
import shutil
import subprocess
from collections.abc import Sequence
from pathlib import Path
from typing import Any

ROOTS_SERVANT = "nobody"  # exists everywhere; initdb refuses uid 0 and uids without a passwd entry


def service_ids() -> tuple[int, int]:
    """Return the (uid, gid) that the servers run as."""
    if os.geteuid() != 0:
        return os.geteuid(), os.getegid()
    entry = pwd.getpwnam(ROOTS_SERVANT)
    return entry.pw_uid, entry.pw_gid


def popen_options() -> dict[str, Any]:
    """Return the keyword arguments that make subprocess start a program as the service account."""
    if os.geteuid() != 0:
        return {}
    uid, gid = service_ids()
    return {"user": uid, "group": gid, "extra_groups": []}


def clean_environment() -> dict[str, str]:
    """Return an environment in which no PG* variable or locale of the person changes the servers."""
    return {"PATH": os.environ.get("PATH", os.defpath), "LC_ALL": "C", "TZ": "UTC"}


def run(command: Sequence[str | Path], text_in: str = "") -> subprocess.CompletedProcess[str]:
    """Run a program as the service account to its end and return what it said; its exit status is not looked at."""
    return subprocess.run(
        command,
        input=text_in,
        cwd="/",
        env=clean_environment(),
        capture_output=True,
        text=True,
        check=False,
        **popen_options(),
    )


def can_enter(folder: Path) -> bool:
    """Say whether the service account can pass through every parent of the folder (always true unless root)."""
    if os.geteuid() != 0:
        return True
    probe = run([shutil.which("sh") or "/bin/sh", "-c", 'cd "$1"', "sh", str(folder)])
    return probe.returncode == 0


def make_private_folder(folder: Path) -> None:
    """Create the folder (mode 0700) for the service account, or take it when it already belongs to it.

    Raises FileExistsError when something else stands there: a symbolic link, or another account's folder.
    """
    uid, gid = service_ids()
    folder.mkdir(mode=0o700, exist_ok=True)
    status = folder.lstat()
    if folder.is_symlink() or status.st_uid not in (uid, os.geteuid()):
        raise FileExistsError(f"{folder} belongs to another account (uid {status.st_uid})")
    os.chown(folder, uid, gid)
    folder.chmod(0o700)
