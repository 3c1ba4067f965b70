"""Mails go into a folder, or to an SMTP server: whole, once a message, and not through an open line with a password."""

from __future__ import annotations

import email
import email.policy
import smtplib
import socket
import threading
from collections.abc import Iterator
from email.message import EmailMessage
from pathlib import Path

import pytest

from app.adapters.mailer import FolderMailer, Mail, SmtpMailer, mailer

MAIL = Mail("0190", "Café Alma", "cleo@example.com", "Your card is ready", "Hello Cleo\n", "<p>Hello <b>Cleo</b></p>")
ADDRESS = "regulars@example.com"


class PostOffice:
    """An SMTP server that takes one mail and offers nothing more."""

    def __init__(self) -> None:
        self._listening = socket.create_server(("127.0.0.1", 0))
        self.url = f"smtp://127.0.0.1:{self._listening.getsockname()[1]}"
        self.said: list[str] = []
        self.received = b""
        self._serving = threading.Thread(target=self._serve)
        self._serving.start()

    def close(self) -> None:
        """Close the counter."""
        self._serving.join(10)
        self._listening.close()

    def _serve(self) -> None:
        line, _ = self._listening.accept()
        with line, line.makefile("rwb") as talk:
            talk.write(b"220 here\r\n")
            talk.flush()
            while (said := talk.readline()) and not said.upper().startswith(b"QUIT"):
                self.said.append(said.decode().strip())
                talk.write(b"354 go on\r\n" if said.upper().startswith(b"DATA") else b"250 yes\r\n")
                talk.flush()
                if said.upper().startswith(b"DATA"):
                    while (text := talk.readline()) != b".\r\n":
                        self.received += text
                    talk.write(b"250 taken\r\n")
                    talk.flush()
            talk.write(b"221 bye\r\n")


@pytest.fixture
def post_office() -> Iterator[PostOffice]:
    """An SMTP server on this machine."""
    opened = PostOffice()
    yield opened
    opened.close()


def _parsed(raw: bytes) -> EmailMessage:
    return email.message_from_bytes(raw, policy=email.policy.default)


def _assert_whole(mail: EmailMessage) -> None:
    assert (mail["From"], mail["To"]) == ("Café Alma <regulars@example.com>", "cleo@example.com")
    assert (mail["Subject"], mail["Message-ID"]) == ("Your card is ready", "<0190@regulars>")
    text, html = mail.get_body(("plain",)), mail.get_body(("html",))
    assert text is not None
    assert html is not None
    assert text.get_content().strip() == "Hello Cleo"
    assert html.get_content().strip() == "<p>Hello <b>Cleo</b></p>"


def test_a_mail_sent_twice_lies_in_the_folder_once(tmp_path: Path) -> None:
    chosen = mailer("", tmp_path / "mail", ADDRESS)
    assert isinstance(chosen, FolderMailer)
    chosen.send(MAIL)
    chosen.send(MAIL)
    [file] = (tmp_path / "mail").iterdir()
    assert file.name == "0190.eml"
    _assert_whole(_parsed(file.read_bytes()))


def test_a_mail_goes_to_the_server_that_the_settings_name(post_office: PostOffice, tmp_path: Path) -> None:
    chosen = mailer(post_office.url, tmp_path / "mail", ADDRESS)
    assert isinstance(chosen, SmtpMailer)
    chosen.send(MAIL)
    assert f"mail FROM:<{ADDRESS}>" in post_office.said[1]
    assert "rcpt TO:<cleo@example.com>" in post_office.said[2]
    _assert_whole(_parsed(post_office.received))
    assert not (tmp_path / "mail").exists()


def test_a_password_never_goes_over_an_open_line(post_office: PostOffice) -> None:
    signed_in = post_office.url.replace("smtp://", "smtp://alma:secret@")
    with pytest.raises(smtplib.SMTPException):
        SmtpMailer(signed_in, ADDRESS).send(MAIL)
    assert not any("secret" in said or "AUTH" in said.upper() for said in post_office.said)
    assert post_office.received == b""


def test_a_server_that_is_not_there_is_an_error_that_can_be_tried_again() -> None:
    with socket.socket() as nobody:
        nobody.bind(("127.0.0.1", 0))  # and never listens: nobody else gets the port meanwhile
        with pytest.raises(OSError, match="refused"):
            SmtpMailer(f"smtp://127.0.0.1:{nobody.getsockname()[1]}", ADDRESS).send(MAIL)
