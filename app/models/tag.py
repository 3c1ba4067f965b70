"""What a business adds to its members: tags, and fields of its own."""

from __future__ import annotations

from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy import CheckConstraint, Index
from sqlalchemy.orm import Mapped, mapped_column

from app.core.model import Base, Json, TenantOwned, UtcDateTime
from app.models.keys import belongs_to, unique_in_business


class Tag(TenantOwned, Base):
    """A word that members may bear; ``folded`` is its form without regard to case."""

    __tablename__ = "tag"

    id: Mapped[UUID] = mapped_column(primary_key=True)
    name: Mapped[str]
    folded: Mapped[str]

    __table_args__ = (unique_in_business("folded"),)


class MemberTag(TenantOwned, Base):
    """A member bears a tag."""

    __tablename__ = "member_tag"
    __names_business__ = False

    member_id: Mapped[UUID] = mapped_column(primary_key=True)
    tag_id: Mapped[UUID] = mapped_column(primary_key=True)
    added_at: Mapped[datetime] = mapped_column(UtcDateTime)

    __table_args__ = (
        belongs_to("member"),
        belongs_to("tag"),
        Index("ix_member_tag_tag", "business_id", "tag_id", "member_id"),
    )


class MemberField(TenantOwned, Base):
    """A field that a business keeps of its members; the values lie in the members' ``metadata`` under ``key``."""

    __tablename__ = "member_field"

    id: Mapped[UUID] = mapped_column(primary_key=True)
    key: Mapped[str]
    label: Mapped[str]
    kind: Mapped[str]
    choices: Mapped[list[Any]] = mapped_column(Json, default=list)
    position: Mapped[int]

    __table_args__ = (
        unique_in_business("key"),
        CheckConstraint("kind IN ('text', 'number', 'date', 'choice')", name="kind"),
    )
