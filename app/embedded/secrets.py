"""The secrets of an instance: made once, kept in `instance/secrets` (0600), never printed."""

import os
from pathlib import Path
from secrets import token_urlsafe

from app.embedded.settings import parse

NAMES = ("SECRET_KEY", "JWT_SECRET", "PIN_PEPPER", "VAPID_SECRET")
BYTES = 48


def ensure(file: Path) -> dict[str, str]:
    """Return every secret by name; the ones missing in the file are made and written first."""
    kept = parse(file)
    missing = {name: token_urlsafe(BYTES) for name in NAMES if name not in kept}
    if missing:
        _write(file, kept | missing)
    file.chmod(0o600)
    return kept | missing


def _write(file: Path, secrets: dict[str, str]) -> None:
    unfinished = file.with_name(file.name + ".new")
    unfinished.unlink(missing_ok=True)
    descriptor = os.open(unfinished, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
    with os.fdopen(descriptor, "w", encoding="utf-8") as out:
        out.writelines(f"{name}={value}\n" for name, value in secrets.items())
        out.flush()
        os.fsync(out.fileno())
    unfinished.replace(file)
