"""Mails through a real SMTP server: taken, refused, signed in over TLS, and never waited for without end."""

from __future__ import annotations

import asyncio
import ssl
from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from ipaddress import ip_address
from pathlib import Path
from smtplib import SMTPAuthenticationError, SMTPException, SMTPRecipientsRefused
from typing import Any

import pytest
from aiosmtpd.controller import Controller
from aiosmtpd.smtp import SMTP, AuthResult, Envelope, LoginPassword, Session
from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.x509.oid import NameOID

from app.adapters import mailer
from app.adapters.mailer import Mail, SmtpMailer

MAIL = Mail("0190", "Café Alma", "cleo@example.com", "Your card is ready", "Hello Cleo\n", "<p>Hello <b>Cleo</b></p>")
ADDRESS = "regulars@example.com"
SLOWLY = 60.0


@dataclass
class Postmaster:
    """Takes mails for everybody but nobody@, and thinks long over those for slow@."""

    taken: list[Envelope] = field(default_factory=list)
    signed_in: list[bytes] = field(default_factory=list)

    async def handle_RCPT(  # noqa: N802
        self, _server: SMTP, _session: Session, envelope: Envelope, address: str, _options: list[str]
    ) -> str:
        """Answer to one recipient."""
        if address.startswith("nobody@"):
            return "550 There is nobody of that name"
        envelope.rcpt_tos.append(address)
        return "250 OK"

    async def handle_DATA(self, _server: SMTP, _session: Session, envelope: Envelope) -> str:  # noqa: N802
        """Take a mail."""
        if envelope.rcpt_tos[0].startswith("slow@"):
            await asyncio.sleep(SLOWLY)
        self.taken.append(envelope)
        return "250 Taken"

    def authenticate(
        self, _server: SMTP, _session: Session, _envelope: Envelope, mechanism: str, said: LoginPassword
    ) -> AuthResult:
        """Let Alma in."""
        is_alma = (said.login, said.password) == (b"alma", b"se cret")
        if is_alma:
            self.signed_in.append(mechanism.encode())
        return AuthResult(success=is_alma, handled=is_alma)


class Counter(Controller):
    """Listens on whatever port is free, and may take its time to open."""

    def __init__(self, postmaster: Postmaster, **options: Any) -> None:
        super().__init__(postmaster, hostname="127.0.0.1", port=0, ready_timeout=60, **options)

    def _trigger_server(self) -> None:
        assert isinstance(self.server, asyncio.Server)
        self.port = self.server.sockets[0].getsockname()[1]
        super()._trigger_server()  # type: ignore[no-untyped-call]


@pytest.fixture
def postmaster() -> Postmaster:
    """Who decides at the server."""
    return Postmaster()


@pytest.fixture
def url(postmaster: Postmaster) -> Iterator[str]:
    """Where a server without TLS answers."""
    controller = Counter(postmaster)
    controller.start()
    yield f"smtp://127.0.0.1:{controller.port}"
    controller.stop()


@pytest.fixture
def tls_url(postmaster: Postmaster, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[str]:
    """Where a server answers that asks for TLS and a password; this machine trusts its certificate."""
    certificate = _certificate(tmp_path)
    monkeypatch.setenv("SSL_CERT_FILE", str(certificate))
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.load_cert_chain(certificate)
    controller = Counter(
        postmaster,
        tls_context=context,
        require_starttls=True,
        auth_required=True,
        authenticator=postmaster.authenticate,
    )
    controller.start()
    yield f"127.0.0.1:{controller.port}"
    controller.stop()


def test_a_mail_is_taken_whole(url: str, postmaster: Postmaster) -> None:
    SmtpMailer(url, ADDRESS).send(MAIL)
    [taken] = postmaster.taken
    assert (taken.mail_from, taken.rcpt_tos) == (ADDRESS, ["cleo@example.com"])
    assert isinstance(taken.content, bytes)
    assert b"Message-ID: <0190@regulars>" in taken.content and b"multipart/alternative" in taken.content


def test_a_refused_recipient_is_an_error_that_says_why(url: str, postmaster: Postmaster) -> None:
    with pytest.raises(SMTPRecipientsRefused, match="nobody of that name"):
        SmtpMailer(url, ADDRESS).send(_to("nobody@example.com"))
    assert postmaster.taken == []
    SmtpMailer(url, ADDRESS).send(MAIL)  # the next one is not held up
    assert len(postmaster.taken) == 1


def test_a_password_is_sent_over_tls_to_a_server_that_proves_who_it_is(tls_url: str, postmaster: Postmaster) -> None:
    SmtpMailer(f"smtp://alma:se%20cret@{tls_url}", ADDRESS).send(MAIL)
    assert len(postmaster.taken) == len(postmaster.signed_in) == 1
    with pytest.raises(SMTPAuthenticationError):
        SmtpMailer(f"smtp://alma:wrong@{tls_url}", ADDRESS).send(MAIL)
    assert len(postmaster.taken) == 1


def test_a_server_with_a_certificate_of_its_own_making_gets_no_password(
    tls_url: str, postmaster: Postmaster, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.delenv("SSL_CERT_FILE")
    with pytest.raises(ssl.SSLCertVerificationError):
        SmtpMailer(f"smtp://alma:se%20cret@{tls_url}", ADDRESS).send(MAIL)
    assert postmaster.signed_in == []


def test_a_slow_server_is_not_waited_for(url: str, postmaster: Postmaster, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(mailer, "TIMEOUT_SECONDS", 0.5)
    with pytest.raises((OSError, SMTPException), match="timed out"):
        SmtpMailer(url, ADDRESS).send(_to("slow@example.com"))
    assert postmaster.taken == [], "it is still thinking"


def _to(address: str) -> Mail:
    return Mail("0191", "Café Alma", address, "Your card is ready", "Hello\n", "<p>Hello</p>")


def _certificate(folder: Path) -> Path:
    """Write a key and a certificate for this machine that is valid for a day; returns the file."""
    key, name = ec.generate_private_key(ec.SECP256R1()), x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, "post")])
    now = datetime.now(UTC)
    made = (
        x509.CertificateBuilder()
        .subject_name(name)
        .issuer_name(name)
        .public_key(key.public_key())
        .serial_number(x509.random_serial_number())
        .not_valid_before(now - timedelta(minutes=5))
        .not_valid_after(now + timedelta(days=1))
        .add_extension(x509.SubjectAlternativeName([x509.IPAddress(ip_address("127.0.0.1"))]), critical=False)
        .add_extension(x509.BasicConstraints(ca=True, path_length=None), critical=True)
        .sign(key, hashes.SHA256())
    )
    pem = key.private_bytes(serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8, serialization.NoEncryption())
    file = folder / "post.pem"
    file.write_bytes(pem + made.public_bytes(serialization.Encoding.PEM))
    return file
