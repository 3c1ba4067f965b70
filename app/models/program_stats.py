"""Kept figures of a program and the use of its budget, so that lists never sum the ledger."""

from __future__ import annotations

from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy import BigInteger, CheckConstraint, Index
from sqlalchemy.orm import Mapped, mapped_column

from app.core.model import Base, Json, TenantOwned, UtcDateTime
from app.models.keys import belongs_to


class ProgramStats(TenantOwned, Base):
    """Figures of one program as of ``as_of`` (at most 60 s old while the stats job runs); there from its making on."""

    __tablename__ = "program_stats"
    __names_business__ = False

    program_id: Mapped[UUID] = mapped_column(primary_key=True)
    enrollments: Mapped[int] = mapped_column(default=0)
    active_participants: Mapped[int] = mapped_column(default=0)
    redemptions: Mapped[int] = mapped_column(default=0)
    vouchers_issued: Mapped[int] = mapped_column(default=0)
    issued: Mapped[int] = mapped_column(BigInteger, default=0)
    outstanding: Mapped[int] = mapped_column(BigInteger, default=0)
    expired: Mapped[int] = mapped_column(BigInteger, default=0)
    as_of: Mapped[datetime] = mapped_column(UtcDateTime)

    __table_args__ = (
        belongs_to("program"),
        *(
            Index(f"ix_program_stats_{name}", "business_id", name, "program_id")
            for name in ("enrollments", "active_participants", "redemptions")
        ),
    )


class VersionStats(TenantOwned, Base):
    """How many purchases have earned under one version of a program."""

    __tablename__ = "version_stats"
    __names_business__ = False

    version_id: Mapped[UUID] = mapped_column(primary_key=True)
    earned: Mapped[int] = mapped_column(BigInteger, default=0)

    __table_args__ = (belongs_to("program_version", "version_id"),)


class BudgetUse(TenantOwned, Base):
    """What a program's budget has given in one window (a month key or ``program``); locked once a batch."""

    __tablename__ = "budget_use"
    __names_business__ = False

    program_id: Mapped[UUID] = mapped_column(primary_key=True)
    period: Mapped[str] = mapped_column(primary_key=True)
    used: Mapped[int] = mapped_column(BigInteger, default=0)

    __table_args__ = (belongs_to("program"), CheckConstraint("used >= 0", name="used"))


class ProgramStatsDelta(TenantOwned, Base):
    """What one settling transaction changed in a program's figures; appended without a lock, folded in by a job.

    ``earned`` is how many purchases earned for the first time, by the id of the version.
    """

    __tablename__ = "program_stats_delta"
    __names_business__ = False

    id: Mapped[UUID] = mapped_column(primary_key=True)
    program_id: Mapped[UUID]
    enrollments: Mapped[int] = mapped_column(default=0)
    redemptions: Mapped[int] = mapped_column(default=0)
    vouchers_issued: Mapped[int] = mapped_column(default=0)
    issued: Mapped[int] = mapped_column(BigInteger, default=0)
    outstanding: Mapped[int] = mapped_column(BigInteger, default=0)
    expired: Mapped[int] = mapped_column(BigInteger, default=0)
    earned: Mapped[dict[str, Any]] = mapped_column(Json, default=dict, server_default="{}")

    __table_args__ = (belongs_to("program"),)
