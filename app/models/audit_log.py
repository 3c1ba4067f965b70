"""Who changed what, when, from what to what: append-only."""

from __future__ import annotations

from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy import Index
from sqlalchemy.orm import Mapped, mapped_column

from app.core.model import Base, Json, TenantOwned, UtcDateTime


class AuditRecord(TenantOwned, Base):
    """One change; `before` and `after` hold the changed fields alone, never a secret."""

    __tablename__ = "audit_log"

    id: Mapped[UUID] = mapped_column(primary_key=True)
    actor_kind: Mapped[str]
    actor_id: Mapped[UUID | None]
    actor_name: Mapped[str] = mapped_column(default="", server_default="")
    action: Mapped[str]
    target_kind: Mapped[str]
    target_id: Mapped[UUID | None]
    before: Mapped[dict[str, Any] | None] = mapped_column(Json)
    after: Mapped[dict[str, Any] | None] = mapped_column(Json)
    request_id: Mapped[str | None]
    recorded_at: Mapped[datetime] = mapped_column(UtcDateTime)

    __table_args__ = (
        Index(None, "business_id", "recorded_at", "id"),
        Index(None, "business_id", "target_id", "recorded_at"),
        Index(None, "business_id", "actor_id", "recorded_at", "id"),
        Index(None, "business_id", "target_kind", "recorded_at", "id"),
    )
