"""A paired till: a PIN means something only on one of these."""

from __future__ import annotations

from datetime import datetime
from uuid import UUID

from sqlalchemy import BigInteger, CheckConstraint, ForeignKey, ForeignKeyConstraint, Index, LargeBinary, text
from sqlalchemy.orm import Mapped, mapped_column

from app.core.model import Base, Platform, TenantOwned, UtcDateTime
from app.models.keys import belongs_to, unique_in_business


class Device(Platform, Base):
    """`secret_hash` is SHA-256 of the secret in the device's cookie.

    `clock_offset_ms` is how far its clock was behind ours at the last contact, in milliseconds.
    """

    __tablename__ = "device"

    id: Mapped[UUID] = mapped_column(primary_key=True)
    business_id: Mapped[UUID] = mapped_column(ForeignKey("business.id", ondelete="RESTRICT"))
    location_id: Mapped[UUID | None]
    name: Mapped[str]
    secret_hash: Mapped[bytes] = mapped_column(LargeBinary, unique=True)
    paired_by: Mapped[UUID] = mapped_column(ForeignKey("user_account.id", ondelete="RESTRICT"))
    paired_at: Mapped[datetime] = mapped_column(UtcDateTime)
    revoked_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
    last_seen_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
    clock_offset_ms: Mapped[int | None] = mapped_column(BigInteger)

    __table_args__ = (
        ForeignKeyConstraint(
            ["business_id", "location_id"], ["location.business_id", "location.id"], ondelete="RESTRICT"
        ),
        Index(None, "business_id"),
    )


class DevicePairing(TenantOwned, Base):
    """A code that pairs one device, once, within ten minutes; `code_hash` is SHA-256 of it."""

    __tablename__ = "device_pairing"

    id: Mapped[UUID] = mapped_column(primary_key=True)
    code_hash: Mapped[bytes] = mapped_column(LargeBinary)
    name: Mapped[str]
    location_id: Mapped[UUID | None]
    created_by: Mapped[UUID] = mapped_column(ForeignKey("user_account.id", ondelete="RESTRICT"))
    created_at: Mapped[datetime] = mapped_column(UtcDateTime)
    expires_at: Mapped[datetime] = mapped_column(UtcDateTime)
    used_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
    device_id: Mapped[UUID | None] = mapped_column(ForeignKey("device.id", ondelete="RESTRICT"))

    __table_args__ = (belongs_to("location"), unique_in_business("code_hash"))


class PinGuard(TenantOwned, Base):
    """Wrong PINs of one person on one device since the last right one; its row lock takes tries one after another.

    `reported_at` is when so many tries were wrong that the owner is told, `seen_at` when they had seen it.
    """

    __tablename__ = "pin_guard"

    device_id: Mapped[UUID] = mapped_column(ForeignKey("device.id", ondelete="RESTRICT"), primary_key=True)
    membership_id: Mapped[UUID] = mapped_column(ForeignKey("membership.id", ondelete="RESTRICT"), primary_key=True)
    failures: Mapped[int]
    locked_until: Mapped[datetime | None] = mapped_column(UtcDateTime)
    reported_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
    seen_at: Mapped[datetime | None] = mapped_column(UtcDateTime)

    __table_args__ = (
        CheckConstraint("failures >= 0", name="failures"),
        Index(
            "ix_pin_guard_reported",
            "business_id",
            "reported_at",
            postgresql_where=text("reported_at IS NOT NULL AND seen_at IS NULL"),
        ),
    )
