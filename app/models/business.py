"""A business: one tenant of the installation, and its settings."""

from __future__ import annotations

from datetime import date, datetime
from typing import Any
from uuid import UUID

from sqlalchemy import CheckConstraint
from sqlalchemy.orm import Mapped, mapped_column

from app.core.model import Base, Json, Platform, UtcDateTime


class Business(Platform, Base):
    """`slug` is its address on pages, `currency` an ISO 4217 code, `timezone` an IANA name; `version` for If-Match.

    `day_begun` is the last local day whose daily work was posted.
    """

    __tablename__ = "business"

    id: Mapped[UUID] = mapped_column(primary_key=True)
    slug: Mapped[str] = mapped_column(unique=True)
    name: Mapped[str]
    timezone: Mapped[str]
    currency: Mapped[str]
    industry: Mapped[str | None]
    brand_color: Mapped[str | None]
    logo_key: Mapped[str | None]
    status: Mapped[str] = mapped_column(default="active", server_default="active")
    settings: Mapped[dict[str, Any]] = mapped_column(Json, default=dict, server_default="{}")
    day_begun: Mapped[date | None]
    created_at: Mapped[datetime] = mapped_column(UtcDateTime)
    version: Mapped[int] = mapped_column(default=1, server_default="1")

    __table_args__ = (
        CheckConstraint("status IN ('active', 'closed')", name="status"),
        CheckConstraint("slug ~ '^[a-z0-9]([a-z0-9-]{0,58}[a-z0-9])?$'", name="slug"),
        CheckConstraint("currency ~ '^[A-Z]{3}$'", name="currency"),
    )
    __mapper_args__ = {"version_id_col": version}  # noqa: RUF012 - SQLAlchemy declares it so
