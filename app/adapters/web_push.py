"""Sends one message to a browser's push service: encrypted for that browser alone, signed by our VAPID key."""

from __future__ import annotations

import base64
import hashlib
import http.client
import ssl
from dataclasses import dataclass
from urllib.parse import urlsplit

from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.serialization import Encoding, NoEncryption, PrivateFormat, PublicFormat
from pydantic import AnyHttpUrl
from webpush import WebPush, WebPushSubscription
from webpush.types import WebPushKeys

TIMEOUT_SECONDS = 10
TTL_SECONDS = 7 * 24 * 3600
"""How long the service keeps a message for a phone that is off."""

_ORDER = 0xFFFFFFFF00000000FFFFFFFFFFFFFFFFBCE6FAADA7179E84F3B9CAC2FC632551
_GONE = (404, 410)
_SENT = range(200, 300)


@dataclass(frozen=True, slots=True)
class PushAddress:
    """Where a browser listens, and its keys, base64url as it gave them."""

    endpoint: str
    p256dh: str
    auth: str


class SubscriptionGone(Exception):
    """The browser has taken its permission back: nothing will ever arrive there."""


class WebPushSender:
    """Signs with the key that is made from 32 secret bytes; ``contact`` is whom a service writes to about us."""

    def __init__(self, secret: bytes, contact: str) -> None:
        scalar = int.from_bytes(hashlib.sha512(secret).digest()) % (_ORDER - 1) + 1
        self._key = ec.derive_private_key(scalar, ec.SECP256R1())
        self._contact = contact

    @property
    def public_key(self) -> str:
        """What a browser needs to subscribe (applicationServerKey): the uncompressed point in base64url."""
        point = self._key.public_key().public_bytes(Encoding.X962, PublicFormat.UncompressedPoint)
        return base64.urlsafe_b64encode(point).decode().rstrip("=")

    def send(self, address: PushAddress, payload: bytes) -> None:
        """Send at most 3,000 bytes. Raises SubscriptionGone, OSError, http.client.HTTPException or ValueError."""
        message = self._signer().get(payload, _subscription(address))
        headers = {**message.headers, "Content-Type": "application/octet-stream", "Urgency": "normal"}
        status = _posted(address.endpoint, message.encrypted, {name.title(): text for name, text in headers.items()})
        if status in _GONE:
            raise SubscriptionGone
        if status not in _SENT:
            raise OSError(f"the push service answered {status}")

    def _signer(self) -> WebPush:
        """A signer for one message: the library keeps what it was told last, so threads share none."""
        private = self._key.private_bytes(Encoding.PEM, PrivateFormat.PKCS8, NoEncryption())
        public = self._key.public_key().public_bytes(Encoding.PEM, PublicFormat.SubjectPublicKeyInfo)
        return WebPush(private, public, subscriber=self._contact, ttl=TTL_SECONDS)


def _subscription(address: PushAddress) -> WebPushSubscription:
    keys = WebPushKeys(auth=address.auth, p256dh=address.p256dh)
    return WebPushSubscription(endpoint=AnyHttpUrl(address.endpoint), keys=keys)


def _posted(endpoint: str, body: bytes, headers: dict[str, str]) -> int:
    """POST without following anything; returns the status."""
    where = urlsplit(endpoint)
    host = where.hostname or ""
    if where.scheme == "https":
        context = ssl.create_default_context()
        connection = http.client.HTTPSConnection(host, where.port, timeout=TIMEOUT_SECONDS, context=context)
    else:
        connection = http.client.HTTPConnection(host, where.port, timeout=TIMEOUT_SECONDS)  # type: ignore[assignment]
    try:
        connection.request("POST", f"{where.path}{f'?{where.query}' if where.query else ''}", body, headers)
        return connection.getresponse().status
    finally:
        connection.close()
