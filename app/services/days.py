"""Begins the local day of each business: its daily work is posted once, whoever looks how often."""

from __future__ import annotations

from datetime import datetime
from uuid import UUID

from sqlalchemy import Date, cast, func, or_, update

from app.core.ids import new_id
from app.core.unit_of_work import session
from app.models.business import Business
from app.models.due import Due

DUE_KINDS = ("day", "silence")


def begin_days(now: datetime) -> list[UUID]:
    """Leave the due rows of a day for every open business whose local day has begun; returns their ids.

    One conditional update, so two schedulers begin a day once; a clock moved to a zone further west begins none again.
    For a platform session.
    """
    today = cast(func.timezone(Business.timezone, now), Date)
    is_new = or_(Business.day_begun.is_(None), Business.day_begun < today)
    begun = list(
        session().scalars(
            update(Business)
            .where(Business.status == "active", is_new)
            .values(day_begun=today)
            .returning(Business.id)
            .execution_options(synchronize_session=False)
        )
    )
    session().add_all(
        Due(id=new_id(), business_id=business_id, kind=kind, due_at=now) for business_id in begun for kind in DUE_KINDS
    )
    session().flush()
    return begun
