"""The books: immutable entries, the lots they fill, and which debit took from which lot."""

from __future__ import annotations

from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy import BigInteger, CheckConstraint, Index, LargeBinary, text
from sqlalchemy.orm import Mapped, mapped_column

from app.core.model import Base, Json, TenantOwned, UtcDateTime
from app.models.keys import belongs_to, belongs_to_enrollment, unique_in_business

ENTRY_KINDS = ("earn", "bonus", "adjust", "restore", "reversal", "redeem", "expire", "transfer")


class LedgerEntry(TenantOwned, Base):
    """One immutable movement; the database refuses UPDATE and DELETE.

    ``amount`` is signed, in points or minor units; ``balance_after`` is balance + pending - owed of the enrollment.
    ``number`` counts 1, 2, 3 … in the enrollment and ``hash`` seals the entry to the one before it
    (domain.ledger.entry_hash). ``source_key`` is the business key: granted or taken once for ever.
    """

    __tablename__ = "ledger_entry"
    __names_business__ = False

    id: Mapped[UUID] = mapped_column(primary_key=True)
    enrollment_id: Mapped[UUID]
    member_id: Mapped[UUID]
    program_id: Mapped[UUID]
    version_id: Mapped[UUID | None]
    number: Mapped[int]
    unit: Mapped[str]
    kind: Mapped[str]
    amount: Mapped[int] = mapped_column(BigInteger)
    balance_after: Mapped[int] = mapped_column(BigInteger)
    purchase_id: Mapped[UUID | None]
    source_key: Mapped[str]
    reverses_entry_id: Mapped[UUID | None]
    staff_id: Mapped[UUID | None]
    location_id: Mapped[UUID | None]
    occurred_at: Mapped[datetime] = mapped_column(UtcDateTime)
    recorded_at: Mapped[datetime] = mapped_column(UtcDateTime)
    trace: Mapped[list[Any]] = mapped_column(Json, default=list)
    note_digest: Mapped[bytes | None] = mapped_column(LargeBinary)
    previous_hash: Mapped[bytes | None] = mapped_column(LargeBinary)
    hash: Mapped[bytes] = mapped_column(LargeBinary)

    __table_args__ = (
        belongs_to_enrollment(),
        belongs_to("program_version", "version_id"),
        belongs_to("purchase"),
        belongs_to("ledger_entry", "reverses_entry_id"),
        unique_in_business("enrollment_id", "number"),
        unique_in_business("enrollment_id", "source_key"),
        CheckConstraint(f"kind IN {ENTRY_KINDS!r}", name="kind"),
        CheckConstraint("unit IN ('points', 'money')", name="unit"),
        CheckConstraint("amount <> 0", name="amount"),
        CheckConstraint("(kind IN ('earn', 'bonus', 'restore')) <= (amount > 0)", name="credits"),
        CheckConstraint("(kind IN ('reversal', 'redeem', 'expire')) <= (amount < 0)", name="debits"),
        Index("ix_ledger_entry_member", "business_id", "member_id", "recorded_at", "id"),
        Index("ix_ledger_entry_purchase", "business_id", "purchase_id"),
        Index("ix_ledger_entry_program", "business_id", "program_id", "recorded_at"),
        Index("ix_ledger_entry_redeemed", "business_id", "occurred_at", postgresql_where=text("kind = 'redeem'")),
        Index(
            "ix_ledger_entry_reverses",
            "business_id",
            "reverses_entry_id",
            postgresql_where=text("reverses_entry_id IS NOT NULL"),
        ),
    )


class EntryNote(TenantOwned, Base):
    """Free text beside an entry, which can be erased; the entry keeps its digest."""

    __tablename__ = "entry_note"
    __names_business__ = False

    entry_id: Mapped[UUID] = mapped_column(primary_key=True)
    note: Mapped[str]

    __table_args__ = (belongs_to("ledger_entry", "entry_id"),)


class Lot(TenantOwned, Base):
    """Points that were earned together and expire together; ``is_matured`` false means pending.

    ``warned_days``: so many days before its end the member has been told last; null for never.
    """

    __tablename__ = "lot"
    __names_business__ = False

    id: Mapped[UUID] = mapped_column(primary_key=True)
    enrollment_id: Mapped[UUID]
    entry_id: Mapped[UUID]
    amount: Mapped[int] = mapped_column(BigInteger)
    remaining: Mapped[int] = mapped_column(BigInteger)
    available_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
    is_matured: Mapped[bool] = mapped_column(default=True)
    expires_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
    earned_at: Mapped[datetime] = mapped_column(UtcDateTime)
    warned_days: Mapped[int | None]

    __table_args__ = (
        belongs_to("enrollment"),
        belongs_to("ledger_entry", "entry_id"),
        unique_in_business("entry_id"),
        CheckConstraint("amount > 0 AND remaining BETWEEN 0 AND amount", name="remaining"),
        Index("ix_lot_open", "business_id", "enrollment_id", postgresql_where=text("remaining > 0")),
        Index(
            "ix_lot_maturing",
            "business_id",
            "available_at",
            postgresql_where=text("remaining > 0 AND NOT is_matured AND available_at IS NOT NULL"),
        ),
        Index(
            "ix_lot_expiring",
            "business_id",
            "expires_at",
            postgresql_where=text("remaining > 0 AND expires_at IS NOT NULL"),
        ),
    )


class Allocation(TenantOwned, Base):
    """How much a debit entry took from a lot; an entry's unallocated rest is what the enrollment owes."""

    __tablename__ = "allocation"
    __names_business__ = False

    id: Mapped[UUID] = mapped_column(primary_key=True)
    entry_id: Mapped[UUID]
    lot_id: Mapped[UUID]
    amount: Mapped[int] = mapped_column(BigInteger)

    __table_args__ = (
        belongs_to("ledger_entry", "entry_id"),
        belongs_to("lot"),
        unique_in_business("entry_id", "lot_id"),
        CheckConstraint("amount > 0", name="amount"),
        Index("ix_allocation_lot", "business_id", "lot_id"),
    )
