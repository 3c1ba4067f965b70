"""What one member sees of the catalogue: what they can have, what they work towards, and why not."""

from __future__ import annotations

from datetime import datetime
from typing import Any
from uuid import UUID
from zoneinfo import ZoneInfo

from sqlalchemy import func, or_, select

from app.core import clock
from app.core.unit_of_work import session
from app.domain.opening_hours import hours_sentence
from app.domain.reward_offer import Asker, Offer, points_to_go, refusal
from app.domain.reward_registry import value_words
from app.models.enrollment import Enrollment
from app.models.member import Member
from app.models.program import Program
from app.models.redemption import Redemption
from app.models.reward import Reward
from app.queries.businesses import zone as business_zone
from app.queries.currency import currency as business_currency
from app.queries.lot_figures import LotFigures, lot_figures
from app.queries.tiers_held import tiers_of

MOST_SHOWN = 100


def reward_shelf(member_id: UUID, now: datetime | None = None, *, named: UUID | None = None) -> list[dict[str, Any]]:
    """Every reward that is on, for this member: what they can have first, then the nearest; at most 100.

    One that hides when it is out is left out then, unless it is the one that is ``named``. Each has ``programId`` and
    ``balance`` of the enrollment that would pay, ``pointsToGo``, ``refusal`` (None or {code, message} of API.md) and
    what a card shows. Seven statements, however many rewards there are.
    """
    now = now or clock.now()
    member = session().execute(select(Member.status).where(Member.id == member_id)).one()
    rows = (
        session()
        .scalars(
            select(Reward)
            .where(Reward.deleted_at.is_(None), Reward.active, or_(Reward.ends_at.is_(None), Reward.ends_at > now))
            .where(or_(Reward.quantity_remaining.is_distinct_from(0), ~Reward.hide_when_out, Reward.id == named))
            .order_by(Reward.points_cost, Reward.id)
            .limit(MOST_SHOWN)
        )
        .all()
    )
    if not rows:
        return []
    balances = usable_points(member_id, now)
    tiers = tiers_of(member_id, now) if any(row.tier_exclusive for row in rows) else frozenset[str]()
    taken = _taken(member_id) if any(row.per_member_limit for row in rows) else {}
    currency, zone = business_currency(), business_zone() if any(row.valid_hours for row in rows) else None
    shelf = []
    for row in rows:
        payer = _payer(row.program_id, balances)
        asker = Asker(member.status, tiers, taken.get(row.id, 0), balances.get(payer, 0) if payer else 0)
        shelf.append(_entry(row, asker, payer, currency, now, zone))
    return sorted(shelf, key=lambda entry: (entry["refusal"] is not None, entry["pointsToGo"], entry["pointsCost"]))


def usable_points(member_id: UUID, now: datetime) -> dict[UUID, int]:
    """Program id -> points a member may spend now, by the clock, in every points program that can be redeemed."""
    rows = (
        session()
        .execute(
            select(Enrollment.id, Enrollment.program_id, Enrollment.balance)
            .join(Program, Program.id == Enrollment.program_id)
            .where(Enrollment.member_id == member_id, Program.rule_type == "POINTS_BASED")
            .where(or_(Program.redeem_until.is_(None), Program.redeem_until > now))
        )
        .all()
    )
    lots = lot_figures([row.id for row in rows], now) if rows else {}
    none = LotFigures()
    return {
        row.program_id: row.balance + lots.get(row.id, none).matured - lots.get(row.id, none).lapsed_balance
        for row in rows
    }


def _payer(program_id: UUID | None, balances: dict[UUID, int]) -> UUID | None:
    if program_id is not None:
        return program_id
    return max(balances, key=lambda each: balances[each], default=None)


def _taken(member_id: UUID) -> dict[UUID, int]:
    rows = session().execute(
        select(Redemption.reward_id, func.count())
        .where(Redemption.member_id == member_id, Redemption.status != "cancelled", Redemption.reward_id.is_not(None))
        .group_by(Redemption.reward_id)
    )
    return {row[0]: row[1] for row in rows if row[0] is not None}


def offer_of(row: Reward) -> Offer:
    """What a stored reward asks for."""
    return Offer(
        row.name,
        row.points_cost,
        row.active,
        row.starts_at,
        row.ends_at,
        row.quantity_remaining,
        row.per_member_limit,
        row.tier_exclusive,
        row.valid_hours,
    )


def _entry(
    row: Reward, asker: Asker, payer: UUID | None, currency: str, now: datetime, zone: ZoneInfo | None
) -> dict[str, Any]:
    offer = offer_of(row)
    found = refusal(offer, asker, now, zone)
    return {
        "id": row.id,
        "name": row.name,
        "description": row.description,
        "rewardType": row.reward_type,
        "valueWords": value_words(row.reward_type, row.value, currency),
        "pointsCost": row.points_cost,
        "programId": payer,
        "balance": asker.balance,
        "balanceAfter": asker.balance - row.points_cost,
        "pointsToGo": points_to_go(offer, asker),
        "refusal": None if found is None else {"code": found.code, "message": found.message},
        "quantityRemaining": row.quantity_remaining,
        "tierExclusive": row.tier_exclusive,
        "endsAt": row.ends_at,
        "hoursWords": hours_sentence(row.valid_hours),
        "deliveryMethods": row.delivery_methods,
        "terms": row.terms,
        "imageKey": row.image_key,
        "imageAlt": row.image_alt,
    }
