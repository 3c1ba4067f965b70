"""Long work that somebody asked for and may watch: how far it is, what came of it, and the file it made."""

from __future__ import annotations

from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy import CheckConstraint, Index, LargeBinary, text
from sqlalchemy.orm import Mapped, mapped_column

from app.core.model import Base, Json, TenantOwned, UtcDateTime
from app.models.keys import belongs_to


class Operation(TenantOwned, Base):
    """Done in steps, each one transaction under the lock of this row; ``kind`` says which service does a step.

    ``done`` of ``total`` are rows or members; ``figures`` are counts by name; ``place`` is where the next step begins.
    """

    __tablename__ = "operation"

    id: Mapped[UUID] = mapped_column(primary_key=True)
    kind: Mapped[str]
    state: Mapped[str] = mapped_column(default="waiting")
    subject_id: Mapped[UUID | None]
    params: Mapped[dict[str, Any]] = mapped_column(Json, default=dict)
    total: Mapped[int] = mapped_column(default=0)
    done: Mapped[int] = mapped_column(default=0)
    place: Mapped[str] = mapped_column(default="")
    figures: Mapped[dict[str, Any]] = mapped_column(Json, default=dict)
    attempts: Mapped[int] = mapped_column(default=0)
    error: Mapped[str] = mapped_column(default="")
    requested_by: Mapped[str] = mapped_column(default="")
    user_id: Mapped[UUID | None]
    created_at: Mapped[datetime] = mapped_column(UtcDateTime)
    started_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
    finished_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
    file_name: Mapped[str | None]
    file_until: Mapped[datetime | None] = mapped_column(UtcDateTime)

    __table_args__ = (
        CheckConstraint("state IN ('waiting', 'running', 'done', 'failed', 'cancelled')", name="state"),
        CheckConstraint("done BETWEEN 0 AND total", name="done"),
        Index("ix_operation_open", "business_id", "id", postgresql_where=text("state IN ('waiting', 'running')")),
        Index("ix_operation_newest", "business_id", "created_at", "id"),
    )


class OperationFile(TenantOwned, Base):
    """A part of a file of an operation, by ``number``: from 0 on of the file that it makes, below 0 of one handed in.

    What was handed in goes part by part, in the transaction that has done with it.
    """

    __tablename__ = "operation_file"
    __names_business__ = False

    operation_id: Mapped[UUID] = mapped_column(primary_key=True)
    number: Mapped[int] = mapped_column(primary_key=True)
    content: Mapped[bytes] = mapped_column(LargeBinary)

    __table_args__ = (belongs_to("operation"),)
