"""Where things lie: the project, an instance's data, its sockets and its logs."""

import hashlib
import os
from dataclasses import dataclass
from pathlib import Path

from app.embedded import account

PROJECT = Path(__file__).absolute().parents[2]
SOCKETS_PARENT = Path("/tmp")  # noqa: S108 - a socket's path may have ~103 characters; the folder in it is 0700 and checked
LASTING_PARENT = Path("/var/lib")


@dataclass(frozen=True)
class Places:
    """One instance's folders. `instance` is the person's; `data` differs from it only for root in a closed path."""

    instance: Path
    data: Path
    sockets: Path
    logs: Path

    @property
    def lock(self) -> Path:
        """The file whose flock says that a launcher runs on these data."""
        return self.data / "launcher.lock"


def settle(instance: Path) -> Places:
    """Create the folders of an instance and return them.

    Root's PostgreSQL runs as nobody. When nobody cannot reach the instance (a home folder of mode 0700), the data lie
    in /var/lib/regulars-<hash>, and `instance/where` says so: an existing `where` is always followed.
    """
    instance = instance.resolve()  # one instance has one name, whatever links lead to it
    instance.mkdir(parents=True, exist_ok=True)
    data = _data_folder(instance)
    places = Places(instance, data, SOCKETS_PARENT / f"regulars-{_fingerprint(instance)}", instance / "log")
    places.logs.mkdir(exist_ok=True)
    return places


def default_instance() -> Path:
    """Return INSTANCE_PATH (relative to the project) or the project's own `instance`."""
    return PROJECT / os.environ.get("INSTANCE_PATH", "instance")


def _data_folder(instance: Path) -> Path:
    note = instance / "where"
    if note.exists():
        data = Path(note.read_text(encoding="utf-8").strip())
    elif account.can_enter(instance):
        return instance
    else:
        data = LASTING_PARENT / f"regulars-{_fingerprint(instance)}"
        note.write_text(f"{data}\n", encoding="utf-8")
    data.mkdir(mode=0o755, parents=True, exist_ok=True)
    return data


def _fingerprint(instance: Path) -> str:
    return hashlib.sha256(f"{os.geteuid()}:{instance}".encode()).hexdigest()[:10]
