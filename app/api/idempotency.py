"""Idempotency-Key at the door: which requests have one, what makes two of them the same, and the answer given again."""

from __future__ import annotations

import hashlib
from collections.abc import Callable
from typing import Any

from flask import Response, request

from app.api.answers import Answer, encode, respond
from app.api.errors import Problem
from app.core import serial
from app.domain.permissions import Caller
from app.services import idempotency

HEADER = "Idempotency-Key"
_LONGEST = 128
_FIRST_ERROR = 300


def once(caller: Caller, secrets: tuple[str, ...], work: Callable[[], Answer]) -> Answer | Response:
    """Do the work of a POST, or answer again what it answered first.

    Only answers below 300 are kept, the fields named in `secrets` as null. Runs inside the work's transaction.
    """
    key = request.headers.get(HEADER)
    if key is None:
        return work()
    _check(key)
    fingerprint = _fingerprint()
    kept = idempotency.begin(caller.principal_id, key, fingerprint)
    if kept is not None:
        return _again(kept)
    answer = work()
    _keep(caller, secrets, key, fingerprint, answer)
    return answer


def keep_finished(caller: Caller, secrets: tuple[str, ...], answer: Answer) -> None:
    """Keep what a caller was answered after waiting, in place of the answer that was kept with the effect."""
    key = request.headers.get(HEADER)
    if key is not None:
        _keep(caller, secrets, key, _fingerprint(), answer)


def _keep(caller: Caller, secrets: tuple[str, ...], key: str, fingerprint: bytes, answer: Answer) -> None:
    if answer.status is not None and answer.status < _FIRST_ERROR:
        body = encode(_without(answer.body, secrets))
        idempotency.keep(caller.principal_id, key, fingerprint, answer.status, body)


def _again(kept: idempotency.Kept) -> Response:
    if not kept.is_same_request:
        raise Problem(422, "idempotency_key_reused", "This Idempotency-Key was used for another request", errors={})
    body = b"" if serial.loads(kept.body) is None else kept.body
    return respond(body, kept.status, {"Idempotency-Replayed": "true"})


def _check(key: str) -> None:
    if not 1 <= len(key) <= _LONGEST or not key.isascii() or not key.isprintable():
        raise Problem(400, "invalid_idempotency_key", f"{HEADER} takes 1 to {_LONGEST} printable characters")


def _fingerprint() -> bytes:
    text = b"\n".join([request.method.encode(), request.full_path.encode(), request.get_data()])
    return hashlib.sha256(text).digest()


def _without(body: Any, secrets: tuple[str, ...]) -> Any:
    return {**body, **dict.fromkeys(secrets)} if secrets else body
