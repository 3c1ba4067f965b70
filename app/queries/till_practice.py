"""Reads what the practice customer of the till meets: the live programs and the catalogue; nobody's books."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy import or_, select

from app.core import clock
from app.core.unit_of_work import session
from app.domain.outcome_object import outcome_object
from app.domain.practice import Place, Practised, Step, practise
from app.domain.rule_type import Standpoint, State
from app.models.reward import Reward
from app.queries.live_versions import live_versions
from app.queries.next_reward import next_reward
from app.queries.program_names import program_names

_MOST_REWARDS = 5


@dataclass(frozen=True, slots=True)
class PracticeDesk:
    """What the pages of the till show, in the shapes that they know of real customers.

    ``enrollments`` as queries.enrollments gives them, ``outcomes`` of the last purchase as queries.purchases does,
    ``ready`` [{id (of the program), description}], ``shelf`` [{id, name, pointsCost, programId, balance, …}].
    """

    enrollments: list[dict[str, Any]]
    outcomes: list[dict[str, Any]]
    ready: list[dict[str, Any]]
    shelf: list[dict[str, Any]]


def practice_desk(
    steps: Sequence[Step], *, location_id: UUID | None, currency: str, began_at: datetime
) -> PracticeDesk:
    """Play the steps through what is live now and read where they lead; at most four statements, and no write."""
    now = clock.now()
    versions = live_versions(now, now).at(now)
    names = program_names([one.program_id for one in versions])
    rewards = _rewards([one.program_id for one in versions if one.rule_type == "POINTS_BASED"], now)
    points = {found["programId"]: found["pointsCost"] for found in reversed(rewards)}
    played = practise(versions, steps, location_id=location_id, points=points, began_at=began_at)
    ready = [
        {"id": program_id, "description": getattr(place.version.config, "reward_description", "")}
        for program_id, place in played.places.items()
        for _ in range(place.ready)
    ]
    shelf = [{**found, "balance": played.places[found["programId"]].balance} for found in rewards]
    outcomes = _outcomes(played, names, currency)
    return PracticeDesk([_entry(place, names, now) for place in played.places.values()], outcomes, ready, shelf)


def _rewards(payers: Sequence[UUID], now: datetime) -> list[dict[str, Any]]:
    """The cheapest rewards that anybody can have for points of a live program."""
    if not payers:
        return []
    rows = session().scalars(
        select(Reward)
        .where(Reward.deleted_at.is_(None), Reward.active, Reward.tier_exclusive.is_(None))
        .where(or_(Reward.ends_at.is_(None), Reward.ends_at > now))
        .where(or_(Reward.starts_at.is_(None), Reward.starts_at <= now))
        .where(or_(Reward.program_id.is_(None), Reward.program_id.in_(payers)))
        .order_by(Reward.points_cost, Reward.id)
        .limit(_MOST_REWARDS)
    )
    return [
        {
            "id": row.id,
            "name": row.name,
            "pointsCost": row.points_cost,
            "programId": row.program_id or payers[0],
            "imageKey": row.image_key,
            "imageAlt": row.image_alt,
        }
        for row in rows
    ]


def _outcomes(played: Practised, names: Mapping[UUID, str], currency: str) -> list[dict[str, Any]]:
    return [
        {
            "programId": outcome.program_id,
            "programName": names[outcome.program_id],
            "programVersion": played.places[outcome.program_id].version.number,
            **outcome_object(outcome, currency),
        }
        for outcome in played.outcomes
    ]


def _entry(place: Place, names: Mapping[UUID, str], now: datetime) -> dict[str, Any]:
    version = place.version
    standpoint = Standpoint(now, version.zone, place.issued)
    progress = version.rule.progress(version.terms, _state(place), standpoint)
    return {
        "programId": version.program_id,
        "programName": names[version.program_id],
        "programStatus": "ACTIVE",
        "ruleType": version.rule_type,
        "unit": version.rule.YIELDS if version.rule.YIELDS == "points" else None,
        "metricUnit": version.terms.metric if version.rule_type == "TIER_BASED" else None,
        "balance": place.balance,
        "pending": place.pending,
        "owed": 0,
        "tier": place.tier,
        "progress": progress,
        "nextReward": next_reward(version, progress, place.balance),
    }


def _state(place: Place) -> State | None:
    """The rule's state; what the ledger would know better is handed in with it."""
    if place.version.rule.YIELDS == "points":
        return {"lifetime": place.lifetime, "nextExpiry": None}
    if place.version.rule.YIELDS == "cashback":
        return {"earned": place.lifetime, "paid": 0, "pending": place.pending}
    return {**(place.state or {}), "tier": place.tier} if place.version.rule_type == "TIER_BASED" else place.state
