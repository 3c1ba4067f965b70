"""The code and the link that a member is mailed: derived from a challenge's nonce, so they are stored nowhere."""

from __future__ import annotations

import hashlib
import hmac
import secrets

from app.core.config import settings

CODE_DIGITS = 6
LINK_LETTERS = 32

_NONCE_BYTES = 16
_NOBODY = bytes(_NONCE_BYTES)


def new_nonce() -> bytes:
    """Return 128 random bits for one challenge."""
    return secrets.token_bytes(_NONCE_BYTES)


def code_of(nonce: bytes) -> str:
    """Return the six digits of a challenge; whoever has only the database cannot (ASVS 6.5.1)."""
    return f"{int.from_bytes(_derived(b'code', nonce)) % 10**CODE_DIGITS:0{CODE_DIGITS}d}"


def link_of(nonce: bytes) -> str:
    """Return the secret part of the link of a challenge: 128 bits, 32 letters and digits."""
    return _derived(b"link", nonce)[: LINK_LETTERS // 2].hex()


def fits(nonce: bytes | None, given: str) -> bool:
    """Say whether a code or the secret of a link is that of the nonce; None does the same work and fits nothing."""
    typed = "".join(given.split()).encode()
    of_code = hmac.compare_digest(code_of(nonce or _NOBODY).encode(), typed)
    of_link = hmac.compare_digest(link_of(nonce or _NOBODY).encode(), typed)
    return (of_code or of_link) and nonce is not None


def _derived(purpose: bytes, nonce: bytes) -> bytes:
    return hmac.digest(settings().sign_in_key(), purpose + nonce, hashlib.sha256)
