"""What an error of the database means to whoever waits for an answer; the edges know no SQLAlchemy."""

from __future__ import annotations

from typing import Literal

from sqlalchemy.exc import DBAPIError, OperationalError
from sqlalchemy.exc import TimeoutError as PoolTimeoutError
from sqlalchemy.orm.exc import StaleDataError

Fault = Literal["read_only", "busy", "try_again", "moved"]

_READ_ONLY = {"25006", "57P01", "57P02", "57P03"}
_BUSY = {"55P03", "57014", "53300"}
_TRY_AGAIN = {"40001", "40P01"}


def fault(error: BaseException) -> Fault | None:
    """Classify an error (RELIABILITY 4.7).

    read_only: the database takes no writes or cannot be reached. busy: a lock, a statement or the pool took too long.
    try_again: a deadlock or a serialization failure undid the transaction. moved: another edit came in between.
    """
    if isinstance(error, StaleDataError):
        return "moved"
    if isinstance(error, PoolTimeoutError):
        return "busy"
    if not isinstance(error, DBAPIError):
        return None
    state = getattr(error.orig, "sqlstate", None)
    if state in _TRY_AGAIN:
        return "try_again"
    if state in _BUSY:
        return "busy"
    is_away = state in _READ_ONLY or error.connection_invalidated or (state is None and _is_operational(error))
    return "read_only" if is_away else None


def _is_operational(error: DBAPIError) -> bool:
    """Say whether the driver failed without an answer of the server: refused, timed out, cut off."""
    return isinstance(error, OperationalError)
