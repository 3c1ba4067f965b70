"""One mail to one member about one fact, claimed by a lease so that it is sent once."""

from __future__ import annotations

from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy import CheckConstraint, Index, text
from sqlalchemy.orm import Mapped, mapped_column

from app.core.model import Base, Json, TenantOwned, UtcDateTime
from app.models.keys import belongs_to, unique_in_business


class Message(TenantOwned, Base):
    """``source_key`` makes it one message a fact; ``fence`` guards the settling of a claim, ``attempts`` counts."""

    __tablename__ = "message"
    __names_business__ = False

    id: Mapped[UUID] = mapped_column(primary_key=True)
    member_id: Mapped[UUID]
    kind: Mapped[str]
    source_key: Mapped[str]
    context: Mapped[dict[str, Any]] = mapped_column(Json, default=dict)
    state: Mapped[str] = mapped_column(default="waiting")
    attempts: Mapped[int] = mapped_column(default=0)
    fence: Mapped[int] = mapped_column(default=0)
    lease_until: Mapped[datetime | None] = mapped_column(UtcDateTime)
    error: Mapped[str] = mapped_column(default="")
    created_at: Mapped[datetime] = mapped_column(UtcDateTime)
    sent_at: Mapped[datetime | None] = mapped_column(UtcDateTime)

    __table_args__ = (
        belongs_to("member"),
        unique_in_business("member_id", "kind", "source_key"),
        CheckConstraint("state IN ('waiting', 'sending', 'sent', 'skipped', 'dead')", name="state"),
        Index("ix_message_open", "business_id", "id", postgresql_where=text("state IN ('waiting', 'sending')")),
        Index("ix_message_member", "business_id", "member_id", "created_at"),
    )
