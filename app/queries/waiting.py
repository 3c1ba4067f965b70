"""How much earning has left to do in the business in scope."""

from __future__ import annotations

from sqlalchemy import func, select

from app.core.unit_of_work import session
from app.models.purchase import Purchase


def waiting_purchases() -> int:
    """Purchases that are recorded or corrected and not settled yet."""
    return session().scalar(select(func.count()).select_from(Purchase).where(Purchase.waiting)) or 0
