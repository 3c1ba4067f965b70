"""The short code on a poster, which leads to the join page of one business, as of one of its locations."""

from __future__ import annotations

from datetime import datetime
from uuid import UUID

from sqlalchemy import ForeignKey, ForeignKeyConstraint, Index
from sqlalchemy.orm import Mapped, mapped_column

from app.core.model import Base, Platform, UtcDateTime


class JoinLink(Platform, Base):
    """Permanent: what is printed stays right. The code names no business, so it is looked up before one is in scope."""

    __tablename__ = "join_link"

    code: Mapped[str] = mapped_column(primary_key=True)
    business_id: Mapped[UUID] = mapped_column(ForeignKey("business.id", ondelete="RESTRICT"))
    location_id: Mapped[UUID | None]
    created_at: Mapped[datetime] = mapped_column(UtcDateTime)

    __table_args__ = (
        ForeignKeyConstraint(
            ["business_id", "location_id"], ["location.business_id", "location.id"], ondelete="RESTRICT"
        ),
        Index("uq_join_link_place", "business_id", "location_id", unique=True, postgresql_nulls_not_distinct=True),
    )
