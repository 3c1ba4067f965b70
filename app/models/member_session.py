"""A member's sign-in on one device: ending the row ends the access at the next request."""

from __future__ import annotations

from datetime import datetime
from uuid import UUID

from sqlalchemy import Index, LargeBinary, text
from sqlalchemy.orm import Mapped, mapped_column

from app.core.model import Base, TenantOwned, UtcDateTime
from app.models.keys import belongs_to, unique_in_business


class MemberSession(TenantOwned, Base):
    """`token_hash` is SHA-256 of the cookie; `expires_at` is the absolute end."""

    __tablename__ = "member_session"
    __names_business__ = False

    id: Mapped[UUID] = mapped_column(primary_key=True)
    member_id: Mapped[UUID]
    token_hash: Mapped[bytes] = mapped_column(LargeBinary)
    created_at: Mapped[datetime] = mapped_column(UtcDateTime)
    last_seen_at: Mapped[datetime] = mapped_column(UtcDateTime)
    expires_at: Mapped[datetime] = mapped_column(UtcDateTime)
    revoked_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
    revoked_why: Mapped[str | None]
    agent: Mapped[str] = mapped_column(default="", server_default="")

    __table_args__ = (
        belongs_to("member"),
        unique_in_business("token_hash"),
        Index("ix_member_session_live", "business_id", "member_id", postgresql_where=text("revoked_at IS NULL")),
    )
