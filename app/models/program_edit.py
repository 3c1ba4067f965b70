"""What one person is changing in a program that is live, until they publish it."""

from __future__ import annotations

from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy import ForeignKeyConstraint
from sqlalchemy.orm import Mapped, mapped_column

from app.core.model import Base, Json, TenantOwned, UtcDateTime
from app.models.keys import belongs_to, unique_in_business


class ProgramEdit(TenantOwned, Base):
    """One person's unpublished changes; ``base`` is the whole program as it was when they began (domain.live_edit).

    ``base_version`` is the `version` of then, ``wizard`` what is typed and how far they are (domain.wizard).
    """

    __tablename__ = "program_edit"
    __names_business__ = False

    id: Mapped[UUID] = mapped_column(primary_key=True)
    program_id: Mapped[UUID]
    user_id: Mapped[UUID]
    base_version: Mapped[int]
    base: Mapped[dict[str, Any]] = mapped_column(Json)
    wizard: Mapped[dict[str, Any]] = mapped_column(Json)
    started_at: Mapped[datetime] = mapped_column(UtcDateTime)

    __table_args__ = (
        belongs_to("program"),
        ForeignKeyConstraint(
            ["business_id", "user_id"], ["membership.business_id", "membership.user_id"], ondelete="RESTRICT"
        ),
        unique_in_business("program_id", "user_id"),
    )
