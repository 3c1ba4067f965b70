"""A paired till: a PIN means something only on one of these."""

from __future__ import annotations

from datetime import datetime
from uuid import UUID

from sqlalchemy import ForeignKey, ForeignKeyConstraint, LargeBinary
from sqlalchemy.orm import Mapped, mapped_column

from app.core.model import Base, Platform, UtcDateTime


class Device(Platform, Base):
    """`secret_hash` is SHA-256 of the secret in the device's cookie."""

    __tablename__ = "device"

    id: Mapped[UUID] = mapped_column(primary_key=True)
    business_id: Mapped[UUID] = mapped_column(ForeignKey("business.id", ondelete="RESTRICT"))
    location_id: Mapped[UUID | None]
    name: Mapped[str]
    secret_hash: Mapped[bytes] = mapped_column(LargeBinary, unique=True)
    paired_by: Mapped[UUID] = mapped_column(ForeignKey("user_account.id", ondelete="RESTRICT"))
    paired_at: Mapped[datetime] = mapped_column(UtcDateTime)
    revoked_at: Mapped[datetime | None] = mapped_column(UtcDateTime)

    __table_args__ = (
        ForeignKeyConstraint(
            ["business_id", "location_id"], ["location.business_id", "location.id"], ondelete="RESTRICT"
        ),
    )
