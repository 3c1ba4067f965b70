"""What becomes due when, for which business, and nothing about it: the one table that sweeps read."""

from __future__ import annotations

from datetime import datetime
from uuid import UUID

from sqlalchemy import ForeignKey, Index
from sqlalchemy.orm import Mapped, mapped_column

from app.core.model import Base, Platform, UtcDateTime


class Due(Platform, Base):
    """Written in the transaction that made the work; `kind` is a key of `jobs.schedule.DUE`."""

    __tablename__ = "due"

    id: Mapped[UUID] = mapped_column(primary_key=True)
    business_id: Mapped[UUID] = mapped_column(ForeignKey("business.id", ondelete="RESTRICT"))
    kind: Mapped[str]
    due_at: Mapped[datetime] = mapped_column(UtcDateTime)

    __table_args__ = (Index(None, "due_at"), Index(None, "business_id", "kind"))
