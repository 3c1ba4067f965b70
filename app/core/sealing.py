"""Seals the few secrets that must be read again (those that sign webhooks): authenticated encryption under our own key.

Whoever has only the database has nothing; what must merely be recognized is hashed instead (core.passwords).
"""

from __future__ import annotations

import base64

from cryptography.fernet import Fernet

from app.core.config import settings


def seal(secret: bytes) -> bytes:
    """Return the secret as it may be stored."""
    return _box().encrypt(secret)


def unseal(sealed: bytes) -> bytes:
    """Return a stored secret; raises cryptography.fernet.InvalidToken when it was sealed under another SECRET_KEY."""
    return _box().decrypt(sealed)


def _box() -> Fernet:
    return Fernet(base64.urlsafe_b64encode(settings().sealing_key()))
