"""A file of members: how its columns are read, and what became of each row."""

from __future__ import annotations

from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy import CheckConstraint, Index
from sqlalchemy.orm import Mapped, mapped_column

from app.core.model import Base, Json, TenantOwned, UtcDateTime
from app.models.keys import belongs_to


class MemberImport(TenantOwned, Base):
    """``columns`` is field → place of the column; ``mode`` says whether balances in the file are added or set.

    ``totals`` is what a dry run found (empty: none was made since the columns were chosen).
    """

    __tablename__ = "member_import"

    id: Mapped[UUID] = mapped_column(primary_key=True)
    file_name: Mapped[str]
    header: Mapped[list[Any]] = mapped_column(Json, default=list)
    columns: Mapped[dict[str, Any]] = mapped_column(Json, default=dict)
    mode: Mapped[str] = mapped_column(default="add")
    program_id: Mapped[UUID | None]
    state: Mapped[str] = mapped_column(default="draft")
    rows: Mapped[int] = mapped_column(default=0)
    totals: Mapped[dict[str, Any]] = mapped_column(Json, default=dict)
    operation_id: Mapped[UUID | None]
    undo_operation_id: Mapped[UUID | None]
    created_at: Mapped[datetime] = mapped_column(UtcDateTime)
    created_by: Mapped[str] = mapped_column(default="")
    finished_at: Mapped[datetime | None] = mapped_column(UtcDateTime)

    __table_args__ = (
        belongs_to("program"),
        belongs_to("operation"),
        belongs_to("operation", "undo_operation_id"),
        CheckConstraint("mode IN ('add', 'set')", name="mode"),
        CheckConstraint("state IN ('draft', 'running', 'done', 'undoing', 'undone')", name="state"),
        Index("ix_member_import_newest", "business_id", "created_at", "id"),
    )


class MemberImportRow(TenantOwned, Base):
    """One row of the file, as it was; ``before`` are a changed member's values, each with what it became.

    ``points`` is what it gave.

    (import, number) is the business key of everything that the row does.
    """

    __tablename__ = "member_import_row"
    __names_business__ = False

    import_id: Mapped[UUID] = mapped_column(primary_key=True)
    number: Mapped[int] = mapped_column(primary_key=True)
    line: Mapped[int]
    cells: Mapped[list[Any]] = mapped_column(Json, default=list)
    state: Mapped[str] = mapped_column(default="waiting")
    problem: Mapped[str] = mapped_column(default="")
    member_id: Mapped[UUID | None]
    before: Mapped[dict[str, Any] | None] = mapped_column(Json)
    points: Mapped[int] = mapped_column(default=0)

    __table_args__ = (
        belongs_to("member_import", "import_id"),
        belongs_to("member"),
        CheckConstraint("state IN ('waiting', 'created', 'updated', 'same', 'failed', 'undone', 'kept')", name="state"),
        Index("ix_member_import_row_member", "business_id", "member_id"),
        Index("ix_member_import_row_state", "business_id", "import_id", "state", "number"),
    )
