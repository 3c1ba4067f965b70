"""Named places where a fault test holds a process still, so as to kill it just there; nothing at all elsewhere."""

from __future__ import annotations

import os
import time
from pathlib import Path

_PAUSE_SECONDS = 0.02
_FOLDER = os.environ.get("FAILPOINTS") if os.environ.get("REGULARS_TESTING") == "1" else None


def reach(name: str) -> None:
    """Stand still as long as the file FAILPOINTS/<name> exists, after saying so in <name>.<pid>.

    Without REGULARS_TESTING=1 in the environment of the process no place is ever held.
    """
    if _FOLDER is None:
        return
    hold = Path(_FOLDER) / name
    if hold.exists():
        hold.with_name(f"{name}.{os.getpid()}").touch()
    while hold.exists():
        time.sleep(_PAUSE_SECONDS)
