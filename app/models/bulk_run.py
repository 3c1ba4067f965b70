"""One thing done to many rows, piece by piece, with what came of each."""

from __future__ import annotations

from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy import CheckConstraint
from sqlalchemy.orm import Mapped, mapped_column

from app.core.model import Base, Json, TenantOwned, UtcDateTime


class BulkRun(TenantOwned, Base):
    """``waiting`` are the ids still to be done, in order; ``results`` the answers so far, in the same order.

    Its row lock is held while a piece is done, so each id is done once, whoever asks and how often.
    """

    __tablename__ = "bulk_run"

    id: Mapped[UUID] = mapped_column(primary_key=True)
    action: Mapped[str]
    total: Mapped[int]
    waiting: Mapped[list[Any]] = mapped_column(Json)
    results: Mapped[list[Any]] = mapped_column(Json)
    actor_kind: Mapped[str]
    actor_id: Mapped[UUID | None]
    started_at: Mapped[datetime] = mapped_column(UtcDateTime)
    finished_at: Mapped[datetime | None] = mapped_column(UtcDateTime)

    __table_args__ = (CheckConstraint("total BETWEEN 1 AND 500", name="total"),)
