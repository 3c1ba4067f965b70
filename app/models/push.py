"""Web push: the devices that members have allowed it on, and the messages to them."""

from __future__ import annotations

from datetime import datetime
from uuid import UUID

from sqlalchemy import CheckConstraint, Index, LargeBinary, text
from sqlalchemy.orm import Mapped, mapped_column

from app.core.model import Base, TenantOwned, UtcDateTime
from app.models.keys import belongs_to, unique_in_business


class PushSubscription(TenantOwned, Base):
    """A browser's address at its push service (RFC 8030) with its keys (RFC 8291), base64url as it was given."""

    __tablename__ = "push_subscription"
    __names_business__ = False

    id: Mapped[UUID] = mapped_column(primary_key=True)
    member_id: Mapped[UUID]
    endpoint: Mapped[str]
    endpoint_hash: Mapped[bytes] = mapped_column(LargeBinary)
    p256dh: Mapped[str]
    auth: Mapped[str]
    created_at: Mapped[datetime] = mapped_column(UtcDateTime)

    __table_args__ = (
        belongs_to("member"),
        unique_in_business("endpoint_hash"),
        Index("ix_push_subscription_member", "business_id", "member_id"),
    )


class PushMessage(TenantOwned, Base):
    """One message to one device about one fact; it goes with its device. Lease and fence as in `message`."""

    __tablename__ = "push_message"
    __names_business__ = False

    id: Mapped[UUID] = mapped_column(primary_key=True)
    subscription_id: Mapped[UUID]
    source_key: Mapped[str]
    title: Mapped[str]
    body: Mapped[str]
    state: Mapped[str] = mapped_column(default="waiting")
    attempts: Mapped[int] = mapped_column(default=0)
    fence: Mapped[int] = mapped_column(default=0)
    lease_until: Mapped[datetime | None] = mapped_column(UtcDateTime)
    error: Mapped[str] = mapped_column(default="")
    created_at: Mapped[datetime] = mapped_column(UtcDateTime)
    sent_at: Mapped[datetime | None] = mapped_column(UtcDateTime)

    __table_args__ = (
        belongs_to("push_subscription", "subscription_id"),
        unique_in_business("subscription_id", "source_key"),
        CheckConstraint("state IN ('waiting', 'sending', 'sent', 'dead')", name="state"),
        Index("ix_push_message_open", "business_id", "id", postgresql_where=text("state IN ('waiting', 'sending')")),
    )
