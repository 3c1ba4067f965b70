"""The payload of each event: the source of the event catalogue, and what tests hold recorded events against."""

from __future__ import annotations

from datetime import date, datetime
from typing import Any
from uuid import UUID

from pydantic import BaseModel, ConfigDict, Field, create_model
from pydantic.alias_generators import to_camel

from app.domain.events import EventType


class Payload(BaseModel):
    """Every payload names its business; keys that have no value are null or left out as said."""

    model_config = ConfigDict(alias_generator=to_camel, extra="forbid")

    business_id: UUID


class ProgramPayload(Payload):
    """How the program stands; what it was before is `previousStatus`."""

    program_id: UUID
    name: str
    rule_type: str
    status: str
    program_version: int
    starts_at: datetime | None
    ends_at: datetime | None
    effective_at: datetime
    previous_status: str | None = None


class MemberPayload(Payload):
    """`historical` marks what was brought in later and sends no message."""

    member_id: UUID
    historical: bool | None = None


class ProgramUpdated(ProgramPayload):
    """`changes` says in words what was changed."""

    updated_by: str
    changes: list[str]


class ProgramEnded(ProgramPayload):
    """`lastDay` is the last local day on which what is left can be used."""

    ended_by: str
    redeem_until: datetime | None
    last_day: date | None


class ProgramOutcome(BaseModel):
    """What a purchase was granted in one program, or the code of why not; amounts of nothing are left out."""

    model_config = ConfigDict(alias_generator=to_camel, extra="forbid")

    program_id: UUID
    code: str | None
    points: int | None = None
    punches: int | None = None
    stamps: int | None = None


class PurchaseProcessed(MemberPayload):
    """A purchase has been settled in every program."""

    purchase_id: UUID
    order_id: str
    outcomes: list[ProgramOutcome]


class TestEvent(Payload):
    """What *Send test* sends, as a loyalty.purchase.processed: nothing happened."""

    __test__ = False  # pytest: this is no test

    test: bool
    sent_by: str


class PurchaseRefunded(MemberPayload):
    """What a refund, a cancellation or a move took back; the amount is in minor units of the business's currency."""

    purchase_id: UUID
    kind: str
    amount_minor: int | None
    points_taken: int


class PointsPayload(MemberPayload):
    """Points of one program; negative where an adjustment took them away."""

    program_id: UUID
    points: int


class PointsEarned(PointsPayload):
    """A purchase earned points."""

    purchase_id: UUID


class PointsRedeemed(PointsPayload):
    """Points were spent on a redemption."""

    redemption_id: UUID


class PointsAdjusted(PointsPayload):
    """Somebody corrected a balance by hand, or by an import (which names no entry)."""

    entry_id: UUID | None = None


class MemberEnrolled(MemberPayload):
    """A member takes part in a program from now on."""

    program_id: UUID
    enrollment_id: UUID


class MemberTierChanged(MemberPayload):
    """A member rose or fell; null is no tier."""

    program_id: UUID
    from_tier: str | None = Field(alias="from")
    to_tier: str | None = Field(alias="to")
    reason: str
    effective_at: datetime


class VoucherPayload(MemberPayload):
    """A voucher, without its code; those of the catalogue name their redemption and reward."""

    program_id: UUID
    voucher_id: UUID
    description: str
    redemption_id: UUID | None = None
    reward_id: UUID | None = None


class VoucherIssued(VoucherPayload):
    """`lastDay` is the last local day on which it can be used; null without an end."""

    expires_at: datetime | None
    last_day: date | None


class VoucherRedeemed(VoucherPayload):
    """It was handed over; `locationId` is null where nobody said where."""

    location_id: UUID | None


class VoucherExpired(VoucherPayload):
    """It ran out."""

    expired_at: datetime


class RedemptionPayload(MemberPayload):
    """A redemption as it stands, without code and address."""

    redemption_id: UUID
    reward_id: UUID | None
    program_id: UUID
    kind: str
    name: str
    points: int
    status: str
    delivery_method: str


class RedemptionUpdated(RedemptionPayload):
    """`pointsReturned` is what a cancellation gave back."""

    points_returned: int


def _by(word: str) -> Any:
    """A program's payload with who did it: `activatedBy` is "system" or "user:<id>"."""
    return create_model(
        f"Program{word.capitalize()}",
        __base__=ProgramPayload,
        __doc__=f"The program was {word}; `{word}By` is system, user:<id>, api_key:<id> …",
        **{f"{word}_by": (str, ...)},  # type: ignore[call-overload]
    )


PAYLOADS: dict[EventType, type[Payload]] = {
    EventType.PROGRAM_CREATED: _by("created"),
    EventType.PROGRAM_UPDATED: ProgramUpdated,
    EventType.PROGRAM_ACTIVATED: _by("activated"),
    EventType.PROGRAM_PAUSED: _by("paused"),
    EventType.PROGRAM_RESUMED: _by("resumed"),
    EventType.PROGRAM_ENDED: ProgramEnded,
    EventType.PROGRAM_DELETED: _by("deleted"),
    EventType.PURCHASE_PROCESSED: PurchaseProcessed,
    EventType.PURCHASE_REFUNDED: PurchaseRefunded,
    EventType.POINTS_EARNED: PointsEarned,
    EventType.POINTS_REDEEMED: PointsRedeemed,
    EventType.POINTS_EXPIRED: PointsPayload,
    EventType.POINTS_ADJUSTED: PointsAdjusted,
    EventType.MEMBER_ENROLLED: MemberEnrolled,
    EventType.MEMBER_TIER_CHANGED: MemberTierChanged,
    EventType.VOUCHER_ISSUED: VoucherIssued,
    EventType.VOUCHER_REDEEMED: VoucherRedeemed,
    EventType.VOUCHER_EXPIRED: VoucherExpired,
    EventType.REDEMPTION_REQUESTED: RedemptionPayload,
    EventType.REDEMPTION_UPDATED: RedemptionUpdated,
}
