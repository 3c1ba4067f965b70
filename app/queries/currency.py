"""The currency of the business in scope."""

from __future__ import annotations

from uuid import UUID

from sqlalchemy import select

from app.core.tenancy import current_business_id
from app.core.unit_of_work import session
from app.models.business import Business

_known: dict[UUID, str] = {}


def currency() -> str:
    """The ISO 4217 code. It never changes, since every amount in the books is in it: a process asks once."""
    business_id = current_business_id()
    if business_id not in _known:
        _known[business_id] = (
            session().execute(select(Business.currency).where(Business.id == business_id)).scalar_one()
        )
    return _known[business_id]
