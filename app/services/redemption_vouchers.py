"""The voucher behind a redemption: there from the request on, used once, revoked by a cancel (RULES 5)."""

from __future__ import annotations

from datetime import datetime
from typing import Any
from uuid import UUID
from zoneinfo import ZoneInfo

from app.core.ids import code, new_id
from app.core.unit_of_work import session
from app.domain.events import EventType
from app.domain.expiry import last_day, voucher_expires_at
from app.models.member import Member
from app.models.redemption import Redemption
from app.models.reward import Reward
from app.models.voucher import Voucher
from app.services.member_facts import tell
from app.services.reward_stock import take_code

CODE_LENGTH = 27
"""27 signs of 30 are 132 random bits: a code is found by nobody."""


def issue_voucher(member: Member, redemption: Redemption, reward: Reward | None, zone: ZoneInfo) -> None:
    """Give a redemption its voucher and the code that the member shows; none for a reward without codes.

    The redemption is not in the session yet: the voucher it refers to is written first.
    """
    if reward is not None and reward.code_kind == "none":
        session().add(redemption)
        return
    listed = take_code(reward) if reward is not None and reward.code_kind == "list" else None
    days = reward.voucher_expires_after_days if reward is not None else None
    voucher = Voucher(
        id=new_id(),
        code=listed.code if listed else code(CODE_LENGTH),
        member_id=member.id,
        program_id=redemption.program_id,
        redemption_id=redemption.id,
        reward_id=redemption.reward_id,
        reward_type=redemption.reward_type,
        reward_value=redemption.value or {},
        description=redemption.name,
        issued_at=redemption.requested_at,
        expires_at=voucher_expires_at(days, redemption.requested_at, zone),
    )
    is_shared = reward is not None and reward.code_kind == "shared"
    redemption.voucher_id = voucher.id
    redemption.code = reward.shared_code if reward is not None and is_shared else voucher.code
    session().add(voucher)
    session().flush()
    session().add(redemption)
    session().flush()
    if listed is not None:
        listed.redemption_id = redemption.id
    tell(member, EventType.VOUCHER_ISSUED, _announced(voucher, zone))


def close_voucher(redemption: Redemption, status: str, now: datetime, location_id: UUID | None = None) -> None:
    """End the voucher of a redemption with it: redeemed, revoked or expired. The caller holds the member's lock."""
    if redemption.voucher_id is None:
        return
    voucher = session().get_one(
        Voucher,
        (redemption.business_id, redemption.voucher_id),
        with_for_update=True,
        populate_existing=True,
    )
    voucher.status = status
    if status == "redeemed":
        voucher.redeemed_at, voucher.location_id = now, location_id


def announced(voucher: Voucher) -> dict[str, Any]:
    """What events say of a voucher; the code is not in it, since who has the code has the reward."""
    told: dict[str, Any] = {
        "programId": voucher.program_id,
        "voucherId": voucher.id,
        "description": voucher.description,
    }
    if voucher.redemption_id is not None:
        told |= {"redemptionId": voucher.redemption_id, "rewardId": voucher.reward_id}
    return told


def _announced(voucher: Voucher, zone: ZoneInfo) -> dict[str, Any]:
    ends = voucher.expires_at
    return announced(voucher) | {"expiresAt": ends, "lastDay": None if ends is None else last_day(ends, zone)}
