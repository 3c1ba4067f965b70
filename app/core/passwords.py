"""Passwords and till PINs: argon2id (OWASP's parameters), and the same effort for an account that does not exist."""

from __future__ import annotations

import hashlib
import hmac

from argon2 import PasswordHasher
from argon2.exceptions import InvalidHashError, VerificationError

from app.core.config import settings

_hasher = PasswordHasher(time_cost=2, memory_cost=19_456, parallelism=1)
_NOBODY = _hasher.hash("nobody has this password")


def hash_password(password: str) -> str:
    """Return the argon2id hash to keep."""
    return _hasher.hash(password)


def verify_password(password_hash: str | None, password: str) -> bool:
    """Say whether the password fits. For nobody (None) the same work is done, so the time tells nothing."""
    try:
        _hasher.verify(password_hash or _NOBODY, password)
    except (VerificationError, InvalidHashError):
        return False
    return password_hash is not None


def needs_rehash(password_hash: str) -> bool:
    """Say whether the hash was made with weaker parameters than today's."""
    return _hasher.check_needs_rehash(password_hash)


def hash_pin(pin: str) -> str:
    """Return the hash of a till PIN, peppered first: six digits alone could be tried out from a stolen table."""
    return _hasher.hash(_peppered(pin))


def verify_pin(pin_hash: str | None, pin: str) -> bool:
    """Say whether the PIN fits; None does the same work and fits nothing."""
    return verify_password(pin_hash, _peppered(pin))


def digest(secret: str) -> bytes:
    """Return SHA-256 of a random token: it cannot be guessed, so no slow hash is needed."""
    return hashlib.sha256(secret.encode()).digest()


def _peppered(pin: str) -> str:
    return hmac.new(settings().pin_key(), pin.encode(), hashlib.sha256).hexdigest()
