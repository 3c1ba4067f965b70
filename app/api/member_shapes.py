"""What the API answers about members, their enrollments and what happened to them."""

from __future__ import annotations

from datetime import date, datetime
from typing import Any, Literal
from uuid import UUID

from app.api.shapes import Shape

MemberStatus = Literal["active", "inactive", "suspended", "expired"]


class MemberShape(Shape):
    """A customer of the business."""

    id: UUID
    name: str
    email: str | None
    phone: str | None
    birthday: date | None
    external_id: str | None
    code: str
    referral_code: str
    referred_by: UUID | None
    status: MemberStatus
    metadata: dict[str, Any]
    joined_at: datetime
    last_purchase_at: datetime | None
    version: int


class NextRewardShape(Shape):
    """What comes next; `remaining` counts punches, stamps, visits or points, or is money."""

    description: str
    reward_type: str
    remaining: int | str


class EnrollmentShape(Shape):
    """Where a member stands in a program; `progress` depends on the rule type."""

    program_id: UUID
    rule_type: str
    balance: int | str
    pending: int | str
    owed: int | str
    progress: dict[str, Any]
    next_reward: NextRewardShape | None
    joined_at: datetime


class EnrollmentsShape(Shape):
    """All enrollments of a member."""

    data: list[EnrollmentShape]


class ParticipantShape(EnrollmentShape):
    """Where one of a program's members stands."""

    id: UUID
    member_id: UUID


class EntryShape(Shape):
    """One movement of points, or of money where `unit` says so, and why."""

    id: UUID
    program_id: UUID
    program_version: int | None
    kind: str
    unit: Literal["points", "money"]
    amount: int | str
    balance_after: int | str
    purchase_id: UUID | None
    reverses_entry_id: UUID | None
    location_id: UUID | None
    occurred_at: datetime
    recorded_at: datetime
    note: str | None
    explanation: str


class ActivityShape(Shape):
    """Something that happened to a member."""

    id: UUID
    event_type: str
    sequence: int
    timestamp: datetime
    payload: dict[str, Any]


class VoucherShape(Shape):
    """Something a member may claim once."""

    id: UUID
    code: str
    member_id: UUID
    program_id: UUID | None
    reward_id: UUID | None
    reward_type: str
    reward_value: Any
    description: str
    status: Literal["available", "redeemed", "expired", "revoked"]
    issued_at: datetime
    expires_at: datetime | None
    redeemed_at: datetime | None
    location_id: UUID | None
