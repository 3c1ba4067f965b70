"""The names of the facts that Regulars announces (API.md, Events and webhooks)."""

from enum import StrEnum


class EventType(StrEnum):
    """Past tense, dotted; the names are part of the public contract."""

    PROGRAM_CREATED = "loyalty.program.created"
    PROGRAM_UPDATED = "loyalty.program.updated"
    PROGRAM_ACTIVATED = "loyalty.program.activated"
    PROGRAM_PAUSED = "loyalty.program.paused"
    PROGRAM_RESUMED = "loyalty.program.resumed"
    PROGRAM_ENDED = "loyalty.program.ended"
    PROGRAM_DELETED = "loyalty.program.deleted"
    PURCHASE_PROCESSED = "loyalty.purchase.processed"
    PURCHASE_REFUNDED = "loyalty.purchase.refunded"
    POINTS_EARNED = "loyalty.points.earned"
    POINTS_REDEEMED = "loyalty.points.redeemed"
    POINTS_EXPIRED = "loyalty.points.expired"
    POINTS_ADJUSTED = "loyalty.points.adjusted"
    MEMBER_ENROLLED = "loyalty.member.enrolled"
    MEMBER_TIER_CHANGED = "loyalty.member.tier_changed"
    VOUCHER_ISSUED = "loyalty.voucher.issued"
    VOUCHER_REDEEMED = "loyalty.voucher.redeemed"
    VOUCHER_EXPIRED = "loyalty.voucher.expired"
    REDEMPTION_REQUESTED = "loyalty.redemption.requested"
    REDEMPTION_UPDATED = "loyalty.redemption.updated"
