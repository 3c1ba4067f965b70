"""Idempotency-Key: the first answer to a request is kept in the transaction of its effect and given again."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import timedelta
from uuid import UUID

from sqlalchemy import delete, func, select
from sqlalchemy.dialects.postgresql import insert

from app.core import clock
from app.core.tenancy import current_business_id
from app.core.unit_of_work import session
from app.domain.errors import Conflict
from app.models.idempotency import Idempotency

KEPT_FOR = timedelta(days=30)


@dataclass(frozen=True, slots=True)
class Kept:
    """The first answer."""

    status: int
    body: bytes
    is_same_request: bool


def begin(principal_id: UUID, key: str, fingerprint: bytes) -> Kept | None:
    """Claim the key for this transaction; return the first answer if there is one.

    Conflict `request_in_progress` while another transaction holds the key (a lock that ends with it, never waited for).
    """
    business_id = current_business_id()
    name = f"idempotency {business_id} {principal_id} {key}"
    if not session().scalar(select(func.pg_try_advisory_xact_lock(func.hashtextextended(name, 0)))):
        raise Conflict("request_in_progress", "The first request with this Idempotency-Key is still running")
    row = session().get(Idempotency, (business_id, principal_id, key))
    if row is None or row.created_at < clock.now() - KEPT_FOR:
        return None
    return Kept(row.status, row.body, row.fingerprint == fingerprint)


def keep(principal_id: UUID, key: str, fingerprint: bytes, status: int, body: bytes) -> None:
    """Keep the answer; it appears with the effect or not at all."""
    row = {"fingerprint": fingerprint, "status": status, "body": body, "created_at": clock.now()}
    identity = {"business_id": current_business_id(), "principal_id": principal_id, "key": key}
    statement = insert(Idempotency).values(**identity, **row)
    session().execute(statement.on_conflict_do_update(index_elements=list(identity), set_=row))


def forget_old() -> None:
    """Delete answers older than 30 days, of every business: for the scheduler's platform session."""
    session().execute(delete(Idempotency).where(Idempotency.created_at < clock.now() - KEPT_FOR))
