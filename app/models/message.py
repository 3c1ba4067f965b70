"""One mail to one person about one fact, claimed by a lease so that it is sent once."""

from __future__ import annotations

from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy import CheckConstraint, ForeignKeyConstraint, Index, text
from sqlalchemy.orm import Mapped, mapped_column

from app.core.model import Base, Json, TenantOwned, UtcDateTime
from app.models.keys import belongs_to, unique_in_business


class Message(TenantOwned, Base):
    """``source_key`` makes it one message a fact; ``fence`` guards the settling of a claim, ``attempts`` counts.

    It goes to a member, to a user who works for the business, or to a plain address: one of the three.
    """

    __tablename__ = "message"

    id: Mapped[UUID] = mapped_column(primary_key=True)
    member_id: Mapped[UUID | None]
    user_id: Mapped[UUID | None]
    address: Mapped[str | None]
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
        ForeignKeyConstraint(
            ["business_id", "user_id"], ["membership.business_id", "membership.user_id"], ondelete="RESTRICT"
        ),
        unique_in_business("member_id", "kind", "source_key"),
        unique_in_business("user_id", "kind", "source_key"),
        unique_in_business("address", "kind", "source_key"),
        CheckConstraint("num_nonnulls(member_id, user_id, address) = 1", name="one_recipient"),
        CheckConstraint("state IN ('waiting', 'sending', 'sent', 'skipped', 'dead')", name="state"),
        Index("ix_message_open", "business_id", "id", postgresql_where=text("state IN ('waiting', 'sending')")),
        Index("ix_message_member", "business_id", "member_id", "created_at"),
    )
