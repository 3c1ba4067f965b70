"""Reads the catalogue: a business's own rewards and the platform's suggestions, and what members did with them."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime, timedelta
from typing import Any
from uuid import UUID

from sqlalchemy import func, select, true

from app.core import clock
from app.core.unit_of_work import session
from app.domain.errors import NotFound
from app.domain.opening_hours import hours_sentence
from app.domain.redemptions import OPEN
from app.domain.reward_registry import told_value, value_words
from app.models.redemption import Redemption
from app.models.reward import HiddenReward, PlatformReward, Reward
from app.queries.currency import currency as business_currency
from app.queries.paging import Page, Slice, older_than, slice_of

RECENT = timedelta(days=30)


def reward(reward_id: UUID) -> dict[str, Any]:
    """The reward object of API.md, own or the platform's; money as decimal strings. Raises NotFound."""
    currency = business_currency()
    row = session().scalar(select(Reward).where(Reward.id == reward_id, Reward.deleted_at.is_(None)))
    if row is not None:
        return _own(row, currency)
    suggested = session().get(PlatformReward, reward_id)
    if suggested is None or not suggested.active:
        raise NotFound("reward")
    return _platform(suggested, currency)


def hours_words(reward_id: UUID | None) -> str:
    """When a reward can be had, in words; empty for any time, and for what is no reward of the catalogue."""
    kept = session().scalar(select(Reward.valid_hours).where(Reward.id == reward_id)) if reward_id else None
    return hours_sentence(kept or {})


def rewards_page(page: int, page_size: int, *, active: bool | None = None) -> Page:
    """One page (from 1): the business's own, the newest first, then the platform's that are not hidden."""
    currency = business_currency()
    mine = [Reward.deleted_at.is_(None), true() if active is None else Reward.active.is_(active)]
    own_total = session().scalar(select(func.count()).select_from(Reward).where(*mine)) or 0
    suggested = platform_rewards(currency)
    first = (page - 1) * page_size
    rows = session().scalars(
        select(Reward).where(*mine).order_by(Reward.created_at.desc(), Reward.id.desc()).offset(first).limit(page_size)
    )
    found = [_own(row, currency) for row in rows]
    since = max(0, first - own_total)
    found += suggested[since : since + page_size - len(found)]
    return Page(found, page, page_size, own_total + len(suggested))


def own_rewards(cursor: str | None = None, limit: int = 24) -> Slice:
    """The business's own rewards, the newest first; one statement. Raises UnknownCursor."""
    newest = (
        select(Reward)
        .where(Reward.deleted_at.is_(None), older_than(Reward.created_at, Reward.id, cursor))
        .order_by(Reward.created_at.desc(), Reward.id.desc())
        .limit(limit + 1)
    )
    currency = business_currency()
    return slice_of([_own(row, currency) for row in session().scalars(newest)], limit, at="createdAt")


def own_total() -> int:
    """How many rewards the business has, on or off."""
    return session().scalar(select(func.count()).select_from(Reward).where(Reward.deleted_at.is_(None))) or 0


def platform_rewards(currency: str | None = None, *, with_hidden: bool = False) -> list[dict[str, Any]]:
    """The platform's suggestions; ``isHidden`` beside each where hidden ones are asked for too."""
    currency = currency or business_currency()
    hidden = set(session().scalars(select(HiddenReward.platform_reward_id)))
    rows = session().scalars(select(PlatformReward).where(PlatformReward.active).order_by(PlatformReward.id))
    if with_hidden:
        return [{**_platform(row, currency), "isHidden": row.id in hidden} for row in rows]
    return [_platform(row, currency) for row in rows if row.id not in hidden]


def uses_of(reward_ids: list[UUID], now: datetime | None = None) -> Mapping[UUID, tuple[int, int]]:
    """(redeemed in the last 30 days, open just now) of each reward; one statement, cancelled ones left out."""
    if not reward_ids:
        return {}
    since = (now or clock.now()) - RECENT
    rows = session().execute(
        select(
            Redemption.reward_id,
            func.count().filter(Redemption.requested_at > since),
            func.count().filter(Redemption.status.in_(OPEN)),
        )
        .where(Redemption.reward_id.in_(reward_ids), Redemption.status != "cancelled")
        .group_by(Redemption.reward_id)
    )
    return {row[0]: (row[1], row[2]) for row in rows if row[0] is not None}


def _own(row: Reward, currency: str) -> dict[str, Any]:
    return {
        "id": row.id,
        "businessId": row.business_id,
        "programId": row.program_id,
        "name": row.name,
        "description": row.description,
        "rewardType": row.reward_type,
        "value": told_value(row.value, currency),
        "valueWords": value_words(row.reward_type, row.value, currency),
        "pointsCost": row.points_cost,
        "quantityAvailable": row.quantity_available,
        "quantityRemaining": row.quantity_remaining,
        "perMemberLimit": row.per_member_limit,
        "tierExclusive": row.tier_exclusive,
        "active": row.active,
        "startsAt": row.starts_at,
        "endsAt": row.ends_at,
        "voucherExpiresAfterDays": row.voucher_expires_after_days,
        "codeKind": row.code_kind,
        "sharedCode": row.shared_code,
        "locationIds": [UUID(str(each)) for each in row.location_ids],
        "validHours": row.valid_hours,
        "hideWhenOut": row.hide_when_out,
        "deliveryMethods": row.delivery_methods,
        "terms": row.terms,
        "imageKey": row.image_key,
        "imageAlt": row.image_alt,
        "version": row.version,
        "createdAt": row.created_at,
        "updatedAt": row.updated_at,
    }


def _platform(row: PlatformReward, currency: str) -> dict[str, Any]:
    return {
        "id": row.id,
        "businessId": None,
        "programId": None,
        "name": row.name,
        "description": row.description,
        "rewardType": row.reward_type,
        "value": told_value(row.value, currency),
        "valueWords": value_words(row.reward_type, row.value, currency),
        "pointsCost": row.points_cost,
        "quantityAvailable": None,
        "quantityRemaining": None,
        "perMemberLimit": None,
        "tierExclusive": None,
        "active": row.active,
        "startsAt": None,
        "endsAt": None,
        "voucherExpiresAfterDays": None,
        "codeKind": "generated",
        "sharedCode": None,
        "locationIds": [],
        "validHours": {},
        "hideWhenOut": False,
        "deliveryMethods": ["in_store"],
        "terms": row.terms,
        "imageKey": None,
        "imageAlt": "",
        "version": 1,
        "createdAt": row.created_at,
        "updatedAt": row.created_at,
    }
