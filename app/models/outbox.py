"""Facts, written in the transaction that made them true: outbox, timeline and webhook feed in one table."""

from __future__ import annotations

from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy import Index, text
from sqlalchemy.orm import Mapped, mapped_column

from app.core.model import Base, Json, TenantOwned, UtcDateTime
from app.models.keys import unique_in_business


class OutboxEvent(TenantOwned, Base):
    """One event; ``sequence`` is in order for each program or member, ``is_wanted`` says that a subscriber exists."""

    __tablename__ = "outbox"

    id: Mapped[UUID] = mapped_column(primary_key=True)
    event_type: Mapped[str]
    aggregate: Mapped[str]
    aggregate_id: Mapped[UUID]
    sequence: Mapped[int]
    payload: Mapped[dict[str, Any]] = mapped_column(Json)
    recorded_at: Mapped[datetime] = mapped_column(UtcDateTime)
    is_wanted: Mapped[bool] = mapped_column(default=False)
    relayed_at: Mapped[datetime | None] = mapped_column(UtcDateTime)

    __table_args__ = (
        unique_in_business("aggregate_id", "sequence"),
        Index("ix_outbox_unrelayed", "business_id", "id", postgresql_where=text("is_wanted AND relayed_at IS NULL")),
        Index("ix_outbox_newest", "business_id", "recorded_at", "id"),
    )
