"""Web push in plain values: where browsers may have their address, and what keys look like (RFC 8030, RFC 8291)."""

from __future__ import annotations

import base64
import binascii
from collections.abc import Collection
from urllib.parse import urlsplit

LONGEST_ENDPOINT = 2_000

_KEY_BYTES, _AUTH_BYTES = 65, 16
_UNCOMPRESSED = 4
_LOOPBACK = ("127.0.0.1", "localhost")


def is_push_service(endpoint: str, services: Collection[str]) -> bool:
    """Say whether an address belongs to one of the services: ``host``, or ``.host`` for all below; https alone.

    Anybody could hand in any address, and we would call it: only known hosts are. A listed loopback host may be http.
    """
    try:
        parts = urlsplit(endpoint)
        host = parts.hostname or ""
    except ValueError:
        return False
    if len(endpoint) > LONGEST_ENDPOINT or parts.username or not endpoint.isascii() or not endpoint.isprintable():
        return False
    is_known = any(host.endswith(one) if one.startswith(".") else host == one for one in services)
    return is_known and (parts.scheme == "https" or (parts.scheme == "http" and host in _LOOPBACK))


def are_push_keys(p256dh: str, auth: str) -> bool:
    """Say whether the two keys have the form that browsers give: a point on P-256, and 16 random bytes."""
    point, secret = _decoded(p256dh), _decoded(auth)
    return len(point) == _KEY_BYTES and point[0] == _UNCOMPRESSED and len(secret) == _AUTH_BYTES


def _decoded(text: str) -> bytes:
    try:
        return base64.b64decode(text + "=" * (-len(text) % 4), altchars=b"-_", validate=True)
    except (ValueError, binascii.Error):
        return b""
