"""A person who signs in with e-mail and password; what they may do is their membership's matter."""

from __future__ import annotations

from datetime import datetime
from uuid import UUID

from sqlalchemy import Index, text
from sqlalchemy.orm import Mapped, mapped_column

from app.core.model import Base, Platform, UtcDateTime


class UserAccount(Platform, Base):
    """`email` is unique whatever its case; `password_hash` is argon2id."""

    __tablename__ = "user_account"

    id: Mapped[UUID] = mapped_column(primary_key=True)
    email: Mapped[str]
    password_hash: Mapped[str]
    name: Mapped[str] = mapped_column(default="", server_default="")
    created_at: Mapped[datetime] = mapped_column(UtcDateTime)
    disabled_at: Mapped[datetime | None] = mapped_column(UtcDateTime)

    __table_args__ = (Index("uq_user_account_email", text("lower(email)"), unique=True),)
