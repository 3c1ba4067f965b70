"""One enrollment as a transaction holds it: its kept figures, its open lots, and what it owes."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import datetime
from typing import Any
from uuid import UUID

from app.core.ids import new_id

KEPT_FIGURES = (
    "unit",
    "balance",
    "pending",
    "owed",
    "lifetime",
    "spent",
    "expired",
    "state",
    "issued",
    "forfeited",
    "tier",
    "tier_evaluated_until",
    "counted_at",
    "counted_order_id",
    "entry_count",
    "last_hash",
    "last_active_at",
)
"""The columns of an enrollment that settling may change."""

COLUMNS = ("id", "member_id", "program_id", "joined_at", *KEPT_FIGURES)
"""The columns of an enrollment in the order of Passbook's first fields."""


@dataclass(slots=True)
class OpenLot:
    """A lot that still holds something, or held something when the transaction began. Amounts in the entry's unit."""

    id: UUID
    enrollment_id: UUID
    entry_id: UUID
    amount: int
    remaining: int
    available_at: datetime | None
    is_matured: bool
    expires_at: datetime | None
    earned_at: datetime


@dataclass(slots=True)
class Debt:
    """The part of a debit entry that no lot has paid yet."""

    entry_id: UUID
    open: int


@dataclass(slots=True)
class Passbook:
    """The enrollment row, mutable while the lock of its member is held; services.ledger writes it back.

    ``lots`` and ``debts`` are empty until somebody has to take or to repay (queries load them for those enrollments
    alone), so that plain earning never reads a lot.
    """

    id: UUID
    member_id: UUID
    program_id: UUID
    joined_at: datetime
    unit: str | None = None
    balance: int = 0
    pending: int = 0
    owed: int = 0
    lifetime: int = 0
    spent: int = 0
    expired: int = 0
    state: dict[str, Any] | None = None
    issued: int = 0
    forfeited: int = 0
    tier: str | None = None
    tier_evaluated_until: datetime | None = None
    counted_at: datetime | None = None
    counted_order_id: str | None = None
    entry_count: int = 0
    last_hash: bytes | None = None
    last_active_at: datetime | None = None
    is_changed: bool = False
    lots: dict[UUID, OpenLot] = field(default_factory=dict)
    debts: list[Debt] = field(default_factory=list)

    @classmethod
    def opened(cls, member_id: UUID, program_id: UUID, unit: str | None, joined_at: datetime) -> Passbook:
        """A new enrollment, not written yet."""
        return cls(new_id(), member_id, program_id, joined_at, unit, is_changed=True, last_active_at=joined_at)

    @property
    def total(self) -> int:
        """The sum of all entries so far: balance + pending - owed."""
        return self.balance + self.pending - self.owed

    def has_counted_past(self, occurred_at: datetime, order_id: str) -> bool:
        """Whether a purchase with this key comes late: one at or after it was folded before."""
        if self.counted_at is None:
            return False
        return (occurred_at, order_id) <= (self.counted_at, self.counted_order_id or "")
