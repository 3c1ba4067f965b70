"""A place where a business sells."""

from __future__ import annotations

from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy import CheckConstraint, Index
from sqlalchemy.orm import Mapped, mapped_column

from app.core.model import Base, Json, TenantOwned, UtcDateTime


class Location(TenantOwned, Base):
    """`timezone` null means the business's; `hours` maps a weekday (mon … sun) to spans of wall time."""

    __tablename__ = "location"

    id: Mapped[UUID] = mapped_column(primary_key=True)
    name: Mapped[str]
    address: Mapped[dict[str, Any]] = mapped_column(Json, default=dict, server_default="{}")
    timezone: Mapped[str | None]
    hours: Mapped[dict[str, Any]] = mapped_column(Json, default=dict, server_default="{}")
    is_active: Mapped[bool] = mapped_column(default=True, server_default="true")
    version: Mapped[int] = mapped_column(default=1, server_default="1")
    created_at: Mapped[datetime] = mapped_column(UtcDateTime)

    __table_args__ = (
        CheckConstraint("name <> ''", name="name"),
        Index(None, "business_id", "created_at", "id"),
    )
    __mapper_args__ = {"version_id_col": version}  # noqa: RUF012 - SQLAlchemy declares it so
