"""Two members that turned out to be one person: who went into whom, and what has to go back if that was wrong."""

from __future__ import annotations

from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy import Index
from sqlalchemy.orm import Mapped, mapped_column

from app.core.model import Base, Json, TenantOwned, UtcDateTime
from app.models.keys import belongs_to


class MemberMerge(TenantOwned, Base):
    """``before`` holds the personal values of both, as they were; erasing the member who stays empties it."""

    __tablename__ = "member_merge"
    __names_business__ = False

    id: Mapped[UUID] = mapped_column(primary_key=True)
    from_member_id: Mapped[UUID]
    into_member_id: Mapped[UUID]
    before: Mapped[dict[str, Any]] = mapped_column(Json, default=dict)
    merged_at: Mapped[datetime] = mapped_column(UtcDateTime)
    merged_by: Mapped[str]
    undone_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
    undone_by: Mapped[str] = mapped_column(default="")

    __table_args__ = (
        belongs_to("member", "from_member_id"),
        belongs_to("member", "into_member_id"),
        Index("ix_member_merge_from", "business_id", "from_member_id"),
        Index("ix_member_merge_into", "business_id", "into_member_id", "merged_at"),
    )


class MergeMove(TenantOwned, Base):
    """One row that a merge gave to the member who stays: a purchase, an outcome of one, or a voucher.

    ``number`` is the revision of an outcome (whose ``row_id`` is its purchase and ``program_id`` its program), else 0.
    """

    __tablename__ = "merge_move"
    __names_business__ = False

    merge_id: Mapped[UUID] = mapped_column(primary_key=True)
    kind: Mapped[str] = mapped_column(primary_key=True)
    row_id: Mapped[UUID] = mapped_column(primary_key=True)
    program_id: Mapped[UUID] = mapped_column(primary_key=True)
    number: Mapped[int] = mapped_column(primary_key=True)

    __table_args__ = (belongs_to("member_merge", "merge_id"),)
