"""Reads the mails that lie in the folder because no SMTP server is set."""

from __future__ import annotations

import email
import email.policy
from datetime import UTC, datetime
from email.message import EmailMessage
from pathlib import Path
from typing import Any

MOST = 50


def kept_mails(folder: Path) -> list[dict[str, Any]]:
    """{key, at, sender, recipient, subject} of the last 50 mails, the latest first; none where there is no folder."""
    files = folder.glob("*.eml") if folder.is_dir() else ()
    latest = sorted(((file.stat().st_mtime, file) for file in files), reverse=True)[:MOST]
    return [_listed(file, at) for at, file in latest]


def kept_mail(folder: Path, key: str) -> dict[str, Any] | None:
    """The same of one mail, with its ``text``; None where no mail of the folder has that key."""
    file = folder / f"{key}.eml"
    if file.parent != folder or not file.is_file():
        return None
    body = _read(file).get_body(("plain",))
    return {**_listed(file, file.stat().st_mtime), "text": body.get_content().strip() if body else ""}


def _listed(file: Path, at: float) -> dict[str, Any]:
    mail = _read(file)
    return {
        "key": file.stem,
        "at": datetime.fromtimestamp(at, UTC),
        "sender": str(mail["From"]),
        "recipient": str(mail["To"]),
        "subject": str(mail["Subject"]),
    }


def _read(file: Path) -> EmailMessage:
    return email.message_from_bytes(file.read_bytes(), policy=email.policy.default)
