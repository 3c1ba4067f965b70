"""A sign-in, of a browser, of the API or at a till: ending the row ends the access."""

from __future__ import annotations

from datetime import datetime
from uuid import UUID

from sqlalchemy import CheckConstraint, ForeignKey, ForeignKeyConstraint, Index, LargeBinary, text
from sqlalchemy.orm import Mapped, mapped_column

from app.core.model import Base, Platform, UtcDateTime


class UserSession(Platform, Base):
    """`token_hash` is SHA-256 of the cookie, or of the newest refresh token of an API sign-in.

    `business_id` is set for sign-ins of the API and at a till, which belong to one business; `device_id` and
    `location_id` say at which till and where it stands. `expires_at` is the absolute end.
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
    device_id: Mapped[UUID | None] = mapped_column(ForeignKey("device.id", ondelete="RESTRICT"))
    location_id: Mapped[UUID | None]

    __table_args__ = (
        CheckConstraint("kind IN ('web', 'api', 'till')", name="kind"),
        CheckConstraint("(kind = 'web') = (business_id IS NULL)", name="business"),
        CheckConstraint("(kind = 'till') = (device_id IS NOT NULL)", name="device"),
        ForeignKeyConstraint(
            ["business_id", "location_id"], ["location.business_id", "location.id"], ondelete="RESTRICT"
        ),
        Index("ix_user_session_device", "device_id", "created_at", postgresql_where=text("device_id IS NOT NULL")),
        Index("ix_user_session_live", "user_id", postgresql_where=text("revoked_at IS NULL")),
    )
