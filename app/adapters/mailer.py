"""Sends a mail: into a folder by default, through an SMTP server when one is set."""

from __future__ import annotations

import smtplib
import ssl
from dataclasses import dataclass
from email.message import EmailMessage
from email.utils import formataddr, formatdate
from pathlib import Path
from typing import Protocol
from urllib.parse import unquote, urlsplit

TIMEOUT_SECONDS = 10


@dataclass(frozen=True, slots=True)
class Mail:
    """Plain values; ``message_id`` is the same at every try, so that a receiver can tell a second copy.

    A POST to ``unsubscribe_url`` stops such mails in one click (RFC 8058); without one nothing can be stopped.
    """

    message_id: str
    sender_name: str
    recipient: str
    subject: str
    text: str
    html: str
    unsubscribe_url: str = ""


class Mailer(Protocol):
    """What sends mails."""

    def send(self, mail: Mail) -> None:
        """Send one mail. Raises OSError or smtplib.SMTPException when it could not, ValueError for a bad header."""


@dataclass(frozen=True, slots=True)
class FolderMailer:
    """Writes each mail as one .eml file, named by its id: sent twice is there once."""

    folder: Path
    address: str

    def send(self, mail: Mail) -> None:
        """Write the file under another name first, so that a reader never sees half a mail."""
        self.folder.mkdir(parents=True, exist_ok=True)
        target = self.folder / f"{mail.message_id}.eml"
        unfinished = target.with_suffix(".part")
        unfinished.write_bytes(bytes(_composed(mail, self.address)))
        unfinished.replace(target)


@dataclass(frozen=True, slots=True)
class SmtpMailer:
    """Sends through ``smtp://user:password@host:port`` (``smtps`` for TLS from the start)."""

    url: str
    address: str

    def send(self, mail: Mail) -> None:
        """Open a connection, sign in when the URL names a user (never without TLS), send, close."""
        where = urlsplit(self.url)
        with _connected(where.scheme, where.hostname or "localhost", where.port) as server:
            if where.username:
                if where.scheme == "smtp":
                    server.starttls(context=ssl.create_default_context())
                server.login(unquote(where.username), unquote(where.password or ""))
            server.send_message(_composed(mail, self.address))


def mailer(smtp_url: str, folder: Path, address: str) -> Mailer:
    """The mailer that the settings ask for; ``address`` is where all mails come from."""
    return SmtpMailer(smtp_url, address) if smtp_url else FolderMailer(folder, address)


def _connected(scheme: str, host: str, port: int | None) -> smtplib.SMTP:
    if scheme == "smtps":
        return smtplib.SMTP_SSL(host, port or 465, timeout=TIMEOUT_SECONDS, context=ssl.create_default_context())
    return smtplib.SMTP(host, port or 25, timeout=TIMEOUT_SECONDS)


def _composed(mail: Mail, address: str) -> EmailMessage:
    message = EmailMessage()
    message["Message-ID"] = f"<{mail.message_id}@regulars>"
    message["Date"] = formatdate()
    message["From"] = formataddr((mail.sender_name, address))
    message["To"] = mail.recipient
    message["Subject"] = mail.subject
    message["Auto-Submitted"] = "auto-generated"
    if mail.unsubscribe_url:
        message["List-Unsubscribe"] = f"<{mail.unsubscribe_url}>"
        message["List-Unsubscribe-Post"] = "List-Unsubscribe=One-Click"
    message.set_content(mail.text)
    message.add_alternative(mail.html, subtype="html")
    return message
