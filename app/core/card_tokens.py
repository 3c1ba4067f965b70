"""What a member shows at the counter: a signed token for the QR code and a short code to read out, good for 60 seconds.

Nothing is stored. The token carries the member's id, its second and a seal of 80 bits. The short code is the member's
own code, scrambled under a key that changes every 15 seconds, so it looks like any other eight signs and can be
turned back. Both belong to the business in scope.
"""

from __future__ import annotations

import base64
import binascii
import hashlib
import hmac
from datetime import datetime
from uuid import UUID

from app.core.config import settings
from app.core.ids import UNAMBIGUOUS
from app.core.tenancy import current_business_id

LIFETIME_SECONDS = 60
SHORT_CODE_LENGTH = 8

_STEP_SECONDS = 15
_STEPS = LIFETIME_SECONDS // _STEP_SECONDS
_SKEW_SECONDS = 5
_ID, _TIME, _SEAL = 16, 4, 10
_LENGTH = _ID + _TIME + _SEAL
_TOKEN_LETTERS = 48
_HALF = len(UNAMBIGUOUS) ** (SHORT_CODE_LENGTH // 2)
_ROUNDS = 10


def card_token(member_id: UUID, now: datetime) -> str:
    """Return the token of a member's QR code: 48 capitals and digits (base32), which a QR code holds densely."""
    body = member_id.bytes + int(now.timestamp()).to_bytes(_TIME, "big")
    return base64.b32encode(body + _seal(b"token", body)[:_SEAL]).decode()


def member_of_token(token: str, now: datetime) -> UUID | None:
    """Return whose token it is; None for one that we did not make, of another business, or older than 60 seconds."""
    text = token.strip().upper()
    if len(text) != _TOKEN_LETTERS:
        return None
    try:
        raw = base64.b32decode(text)
    except (ValueError, binascii.Error):
        return None
    body, seal = raw[: _ID + _TIME], raw[_ID + _TIME :]
    if len(raw) != _LENGTH or not hmac.compare_digest(seal, _seal(b"token", body)[:_SEAL]):
        return None
    age = now.timestamp() - int.from_bytes(body[_ID:], "big")
    return UUID(bytes=body[:_ID]) if -_SKEW_SECONDS <= age <= LIFETIME_SECONDS else None


def short_code(member_code: str, now: datetime) -> str:
    """Return the eight signs that stand for a member's own code just now: good for 60 to 75 seconds.

    ``member_code`` is of core.ids.code; raises ValueError for a text that is not.
    """
    left, right = _halves(member_code)
    step = _step(now)
    for number in range(_ROUNDS):
        left, right = right, (left + _mixed(step, number, right)) % _HALF
    return _signs(left) + _signs(right)


def codes_behind(text: str, now: datetime) -> tuple[str, ...]:
    """Return the member codes that a short code may stand for, one for each 15 seconds of its life; newest first.

    Every eight signs can be turned back, so all but (at most) one of them are nobody's: look them up.
    """
    try:
        _halves(text.strip().upper())
    except ValueError:
        return ()
    return tuple(_turned_back(text.strip().upper(), _step(now) - age) for age in range(_STEPS + 1))


def _turned_back(code: str, step: int) -> str:
    left, right = _halves(code)
    for number in reversed(range(_ROUNDS)):
        left, right = (right - _mixed(step, number, left)) % _HALF, left
    return _signs(left) + _signs(right)


def _step(now: datetime) -> int:
    return int(now.timestamp()) // _STEP_SECONDS


def _mixed(step: int, number: int, half: int) -> int:
    """One round of a Feistel network over the two halves of a code."""
    return int.from_bytes(_seal(b"short code", step.to_bytes(8, "big") + bytes([number]) + half.to_bytes(4, "big")))


def _halves(code: str) -> tuple[int, int]:
    if len(code) != SHORT_CODE_LENGTH or not set(code) <= set(UNAMBIGUOUS):
        raise ValueError("not a code of eight unambiguous signs")
    middle = SHORT_CODE_LENGTH // 2
    return _number(code[:middle]), _number(code[middle:])


def _number(signs: str) -> int:
    number = 0
    for sign in signs:
        number = number * len(UNAMBIGUOUS) + UNAMBIGUOUS.index(sign)
    return number


def _signs(number: int) -> str:
    signs = ""
    for _ in range(SHORT_CODE_LENGTH // 2):
        number, place = divmod(number, len(UNAMBIGUOUS))
        signs = UNAMBIGUOUS[place] + signs
    return signs


def _seal(purpose: bytes, body: bytes) -> bytes:
    key = hmac.digest(settings().card_key(), purpose, hashlib.sha256)
    return hmac.digest(key, current_business_id().bytes + body, hashlib.sha256)
