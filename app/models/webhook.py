"""Webhooks: where a business wants its events sent, each delivery of one, and each try of a delivery."""

from __future__ import annotations

from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy import CheckConstraint, Index, LargeBinary, text
from sqlalchemy.orm import Mapped, mapped_column

from app.core.model import Base, Json, TenantOwned, UtcDateTime
from app.models.keys import belongs_to, unique_in_business


class WebhookEndpoint(TenantOwned, Base):
    """`event_types` [] means every event; the secrets are sealed (core.sealing), the one before signs for a day."""

    __tablename__ = "webhook_endpoint"

    id: Mapped[UUID] = mapped_column(primary_key=True)
    url: Mapped[str]
    description: Mapped[str] = mapped_column(default="", server_default="")
    event_types: Mapped[list[Any]] = mapped_column(Json)
    payload_version: Mapped[str]
    sealed_secret: Mapped[bytes] = mapped_column(LargeBinary)
    sealed_secret_before: Mapped[bytes | None] = mapped_column(LargeBinary)
    secret_before_until: Mapped[datetime | None] = mapped_column(UtcDateTime)
    state: Mapped[str] = mapped_column(default="enabled", server_default="enabled")
    disabled_reason: Mapped[str] = mapped_column(default="", server_default="")
    failing_since: Mapped[datetime | None] = mapped_column(UtcDateTime)
    created_at: Mapped[datetime] = mapped_column(UtcDateTime)
    removed_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
    version: Mapped[int] = mapped_column(default=1, server_default="1")

    __table_args__ = (
        CheckConstraint("state IN ('enabled', 'disabled')", name="state"),
        Index("ix_webhook_endpoint_newest", "business_id", "created_at", "id"),
    )
    __mapper_args__ = {"version_id_col": version}  # noqa: RUF012 - SQLAlchemy declares it so


class WebhookDelivery(TenantOwned, Base):
    """One event for one endpoint; `fence` guards the settling of a claim, `due_at` is when it may be tried (again)."""

    __tablename__ = "webhook_delivery"
    __names_business__ = False

    id: Mapped[UUID] = mapped_column(primary_key=True)
    endpoint_id: Mapped[UUID]
    event_id: Mapped[UUID]
    event_type: Mapped[str]
    state: Mapped[str] = mapped_column(default="waiting")
    attempts: Mapped[int] = mapped_column(default=0)
    fence: Mapped[int] = mapped_column(default=0)
    due_at: Mapped[datetime] = mapped_column(UtcDateTime)
    created_at: Mapped[datetime] = mapped_column(UtcDateTime)
    delivered_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
    last_status: Mapped[int | None]
    last_error: Mapped[str] = mapped_column(default="")

    __table_args__ = (
        belongs_to("webhook_endpoint", "endpoint_id"),
        belongs_to("outbox", "event_id"),
        unique_in_business("endpoint_id", "event_id"),
        CheckConstraint("state IN ('waiting', 'sending', 'delivered', 'dead')", name="state"),
        Index(
            "ix_webhook_delivery_open",
            "business_id",
            "due_at",
            postgresql_where=text("state IN ('waiting', 'sending')"),
        ),
        Index("ix_webhook_delivery_newest", "business_id", "endpoint_id", "created_at", "id"),
    )


class WebhookAttempt(TenantOwned, Base):
    """One try: what the receiver answered (its first 1 kB as text), and how long it took in milliseconds."""

    __tablename__ = "webhook_attempt"
    __names_business__ = False

    id: Mapped[UUID] = mapped_column(primary_key=True)
    delivery_id: Mapped[UUID]
    number: Mapped[int]
    status: Mapped[int | None]
    error: Mapped[str] = mapped_column(default="")
    excerpt: Mapped[str] = mapped_column(default="")
    milliseconds: Mapped[int]
    started_at: Mapped[datetime] = mapped_column(UtcDateTime)

    __table_args__ = (
        belongs_to("webhook_delivery", "delivery_id"),
        Index("ix_webhook_attempt_delivery", "business_id", "delivery_id", "number"),
    )
