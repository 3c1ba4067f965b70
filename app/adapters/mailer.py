"""Sends a mail: into a folder by default, through an SMTP server when one is set."""

from __future__ import annotations

import smtplib
from dataclasses import dataclass, field
from email.message import EmailMessage
from pathlib import Path
from typing import Protocol
from urllib.parse import unquote, urlsplit

TIMEOUT_SECONDS = 10


@dataclass(frozen=True, slots=True)
class Mail:
    """Plain values; ``message_id`` is the same at every try, so that a receiver can tell a second copy."""

    message_id: str
    sender: str
    recipient: str
    subject: str
    text: str
    html: str
    headers: dict[str, str] = field(default_factory=dict)


class Mailer(Protocol):
    """What sends mails; raises OSError or smtplib.SMTPException when it could not."""

    def send(self, mail: Mail) -> None:
        """Send one mail, or raise."""


@dataclass(frozen=True, slots=True)
class FolderMailer:
    """Writes each mail as one .eml file, named by its id: sent twice is there once."""

    folder: Path

    def send(self, mail: Mail) -> None:
        """Write the file under another name first, so that a reader never sees half a mail."""
        self.folder.mkdir(parents=True, exist_ok=True)
        target = self.folder / f"{mail.message_id}.eml"
        unfinished = target.with_suffix(".part")
        unfinished.write_bytes(bytes(_composed(mail)))
        unfinished.replace(target)


@dataclass(frozen=True, slots=True)
class SmtpMailer:
    """Sends through ``smtp://user:password@host:port`` (``smtps`` for TLS from the start)."""

    url: str

    def send(self, mail: Mail) -> None:
        """Open a connection, sign in when the address names a user, send, close."""
        where = urlsplit(self.url)
        connect = smtplib.SMTP_SSL if where.scheme == "smtps" else smtplib.SMTP
        with connect(where.hostname or "localhost", where.port or 25, timeout=TIMEOUT_SECONDS) as server:
            if where.username:
                server.starttls()
                server.login(unquote(where.username), unquote(where.password or ""))
            server.send_message(_composed(mail))


def mailer(smtp_url: str, folder: Path) -> Mailer:
    """The mailer that the settings ask for."""
    return SmtpMailer(smtp_url) if smtp_url else FolderMailer(folder)


def _composed(mail: Mail) -> EmailMessage:
    message = EmailMessage()
    message["Message-ID"] = f"<{mail.message_id}@regulars>"
    message["From"] = mail.sender
    message["To"] = mail.recipient
    message["Subject"] = mail.subject
    for name, value in mail.headers.items():
        message[name] = value
    message.set_content(mail.text)
    message.add_alternative(mail.html, subtype="html")
    return message
