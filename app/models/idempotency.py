"""The first answer to a request that carried an Idempotency-Key, kept for 30 days."""

from __future__ import annotations

from datetime import datetime
from uuid import UUID

from sqlalchemy import ForeignKey, Index, LargeBinary
from sqlalchemy.orm import Mapped, mapped_column

from app.core.model import Base, Platform, UtcDateTime


class Idempotency(Platform, Base):
    """Keyed by the caller, so nobody can read another's answer by guessing a key; `body` has its secrets nulled."""

    __tablename__ = "idempotency"

    business_id: Mapped[UUID] = mapped_column(ForeignKey("business.id", ondelete="RESTRICT"), primary_key=True)
    principal_id: Mapped[UUID] = mapped_column(primary_key=True)
    key: Mapped[str] = mapped_column(primary_key=True)
    fingerprint: Mapped[bytes] = mapped_column(LargeBinary)
    status: Mapped[int]
    body: Mapped[bytes] = mapped_column(LargeBinary)
    created_at: Mapped[datetime] = mapped_column(UtcDateTime)

    __table_args__ = (Index(None, "created_at"),)
