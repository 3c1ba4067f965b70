"""A sign-in, of a browser or of the API: ending the row ends the access."""

from __future__ import annotations

from datetime import datetime
from uuid import UUID

from sqlalchemy import CheckConstraint, ForeignKey, Index, LargeBinary, text
from sqlalchemy.orm import Mapped, mapped_column

from app.core.model import Base, Platform, UtcDateTime


class UserSession(Platform, Base):
    """`token_hash` is SHA-256 of the cookie, or of the newest refresh token of an API sign-in.

    `business_id` is set for API sign-ins, which belong to one business. `expires_at` is the absolute end.
    """

    __tablename__ = "user_session"

    id: Mapped[UUID] = mapped_column(primary_key=True)
    kind: Mapped[str]
    token_hash: Mapped[bytes] = mapped_column(LargeBinary, unique=True)
    user_id: Mapped[UUID] = mapped_column(ForeignKey("user_account.id", ondelete="RESTRICT"))
    business_id: Mapped[UUID | None] = mapped_column(ForeignKey("business.id", ondelete="RESTRICT"))
    created_at: Mapped[datetime] = mapped_column(UtcDateTime)
    last_seen_at: Mapped[datetime] = mapped_column(UtcDateTime)
    expires_at: Mapped[datetime] = mapped_column(UtcDateTime)
    revoked_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
    revoked_why: Mapped[str | None]
    address: Mapped[str] = mapped_column(default="", server_default="")
    agent: Mapped[str] = mapped_column(default="", server_default="")

    __table_args__ = (
        CheckConstraint("kind IN ('web', 'api')", name="kind"),
        CheckConstraint("(kind = 'api') = (business_id IS NOT NULL)", name="business"),
        Index("ix_user_session_live", "user_id", postgresql_where=text("revoked_at IS NULL")),
    )
