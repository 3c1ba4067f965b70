"""A program, its immutable versions, and the periods in which a version was live (RULES 1 and 8)."""

from __future__ import annotations

from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy import CheckConstraint, Index, TextClause, text
from sqlalchemy.orm import Mapped, mapped_column

from app.core.model import Base, Json, TenantOwned, UtcDateTime
from app.models.keys import belongs_to, unique_in_business

RULE_TYPES = (
    "POINTS_BASED",
    "PUNCH_CARD",
    "STAMP_CARD",
    "AMOUNT_SPENT",
    "VISIT_FREQUENCY",
    "TIER_BASED",
    "CASH_BACK",
)


def _listed(name: str, *columns: str | TextClause, where: str = "deleted_at IS NULL") -> Index:
    """An index for one order, or one filter, of the list of programs."""
    return Index(f"ix_program_{name}", "business_id", *columns, postgresql_where=text(where))


class Program(TenantOwned, Base):
    """One loyalty offer of a business; ``version`` counts every change and answers If-Match.

    ``wizard`` is what has been typed while it is a draft (domain.wizard). A trigger counts the programs that are not
    deleted by rule type and ``announced_status`` (models.program_listing).
    """

    __tablename__ = "program"

    id: Mapped[UUID] = mapped_column(primary_key=True)
    name: Mapped[str]
    description: Mapped[str] = mapped_column(default="")
    rule_type: Mapped[str]
    state: Mapped[str] = mapped_column(default="draft")
    starts_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
    ends_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
    redeem_until: Mapped[datetime | None] = mapped_column(UtcDateTime)
    first_activated_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
    deleted_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
    newest_version: Mapped[int] = mapped_column(default=1)
    version: Mapped[int] = mapped_column(default=1)
    event_sequence: Mapped[int] = mapped_column(default=0)
    announced_status: Mapped[str | None]
    wizard: Mapped[dict[str, Any] | None] = mapped_column(Json)
    created_at: Mapped[datetime] = mapped_column(UtcDateTime)
    updated_at: Mapped[datetime] = mapped_column(UtcDateTime)

    __table_args__ = (
        CheckConstraint("state IN ('draft', 'active', 'paused', 'ended')", name="state"),
        CheckConstraint(f"rule_type IN {RULE_TYPES!r}", name="rule_type"),
        CheckConstraint("starts_at IS NULL OR ends_at IS NULL OR starts_at < ends_at", name="starts_before_end"),
        _listed("newest", "created_at", "id"),
        _listed("state", "state", "created_at"),
        _listed("name", text("lower(name)"), "id"),
        _listed("type", "rule_type", "id"),
        _listed("type_name", "rule_type", text("lower(name)"), "id"),
        _listed("updated", "updated_at", "id"),
        _listed("starts", "starts_at", "id"),
        _listed("ends", "ends_at", "id"),
        _listed("starts_last", text("starts_at DESC NULLS LAST"), text("id DESC")),
        _listed("ends_last", text("ends_at DESC NULLS LAST"), text("id DESC")),
        _listed("deleted", "deleted_at", "id", where="deleted_at IS NOT NULL"),
        _listed("to_begin", "starts_at", where="announced_status = 'SCHEDULED' AND deleted_at IS NULL"),
        _listed("to_end", "ends_at", where="announced_status <> 'ENDED' AND deleted_at IS NULL"),
        Index(
            "ix_program_live",
            "business_id",
            "rule_type",
            "id",
            postgresql_where=text("state = 'active' AND deleted_at IS NULL"),
        ),
    )


class ProgramVersion(TenantOwned, Base):
    """An immutable snapshot of what a program earns; ``snapshot`` has the keys of API.md in camelCase."""

    __tablename__ = "program_version"
    __names_business__ = False

    id: Mapped[UUID] = mapped_column(primary_key=True)
    program_id: Mapped[UUID]
    number: Mapped[int]
    snapshot: Mapped[dict[str, Any]] = mapped_column(Json)
    changes: Mapped[list[Any]] = mapped_column(Json, default=list)
    created_at: Mapped[datetime] = mapped_column(UtcDateTime)
    created_by: Mapped[str] = mapped_column(default="")

    __table_args__ = (
        belongs_to("program"),
        unique_in_business("program_id", "number"),
        unique_in_business("program_id", "id"),
    )


class LivePeriod(TenantOwned, Base):
    """A span ``[live_from, live_to)`` in which one version was live; the earn path reads these, never a cache."""

    __tablename__ = "live_period"
    __names_business__ = False

    id: Mapped[UUID] = mapped_column(primary_key=True)
    program_id: Mapped[UUID]
    version_id: Mapped[UUID]
    live_from: Mapped[datetime] = mapped_column(UtcDateTime)
    live_to: Mapped[datetime | None] = mapped_column(UtcDateTime)

    __table_args__ = (
        belongs_to("program"),
        belongs_to("program_version", "version_id"),
        CheckConstraint("live_to IS NULL OR live_from <= live_to", name="from_before_to"),
        Index("ix_live_period_span", "business_id", "live_to", "live_from"),
        Index(
            "uq_live_period_open", "business_id", "program_id", unique=True, postgresql_where=text("live_to IS NULL")
        ),
    )
