"""Work that failed too often: kept with its reason until somebody decides."""

from __future__ import annotations

from datetime import datetime
from uuid import UUID

from sqlalchemy import Index, text
from sqlalchemy.orm import Mapped, mapped_column

from app.core.model import Base, TenantOwned, UtcDateTime
from app.models.keys import unique_in_business


class DeadLetter(TenantOwned, Base):
    """``kind`` and ``subject_id`` name the row that failed (a purchase, a message); one letter each."""

    __tablename__ = "dead_letter"

    id: Mapped[UUID] = mapped_column(primary_key=True)
    kind: Mapped[str]
    subject_id: Mapped[UUID]
    reason: Mapped[str]
    attempts: Mapped[int]
    created_at: Mapped[datetime] = mapped_column(UtcDateTime)
    resolved_at: Mapped[datetime | None] = mapped_column(UtcDateTime)

    __table_args__ = (
        unique_in_business("kind", "subject_id"),
        Index("ix_dead_letter_open", "business_id", "created_at", postgresql_where=text("resolved_at IS NULL")),
    )
