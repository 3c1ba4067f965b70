"""Redemptions: requested, read and moved on (API.md, Redemptions)."""

from __future__ import annotations

from typing import Any
from uuid import UUID

from flask import Blueprint

from app.api.pagination import CursorQuery, SliceOf, slice_answer
from app.api.reward_shapes import (
    Address,
    MoveRedemptionBody,
    RedemptionBody,
    RedemptionShape,
    RedemptionsQuery,
    redemption_answer,
)
from app.api.routing import route
from app.domain.errors import ValidationErrors
from app.domain.permissions import Caller, Permission
from app.queries import redemptions as found
from app.queries.members import require_member
from app.queries.paging import Slice
from app.services.redemption_moves import move_redemption
from app.services.redemptions import Delivery, request_credit, request_redemption

bp = Blueprint("redemptions", __name__)
_ONE = "/redemptions/<uuid:redemption_id>"


@route(
    bp,
    "POST",
    "/redemptions",
    permission=Permission.REDEMPTION_EDIT,
    body=RedemptionBody,
    answers={201: RedemptionShape},
    limit="ingest",
)
def create_redemption(body: RedemptionBody, caller: Caller) -> dict[str, Any]:
    """Redeem a reward for a member, or turn points into money."""
    address = body.shipping_address
    plain = address.model_dump(by_alias=True, exclude_none=True) if isinstance(address, Address) else address
    delivery = Delivery(body.delivery_method, plain, body.notes, body.location_id)
    if body.kind == "credit":
        points = _needed(body.points, "points", "Say how many points to turn into money")
        _unused(body.reward_id, "rewardId", "Points become money without a reward")
        made = request_credit(body.member_id, points, program_id=body.program_id, delivery=delivery, actor=caller.actor)
    else:
        reward_id = _needed(body.reward_id, "rewardId", "Say which reward")
        _unused(body.points, "points", "The reward says how many points it costs")
        made = request_redemption(
            body.member_id, reward_id, program_id=body.program_id, delivery=delivery, actor=caller.actor
        )
    return redemption_answer(found.redemption(made))


@route(
    bp,
    "GET",
    "/redemptions",
    permission=Permission.REDEMPTION_VIEW,
    query=RedemptionsQuery,
    answers={200: SliceOf[RedemptionShape]},
    limit="ingest",
)
def list_redemptions(query: RedemptionsQuery) -> dict[str, Any]:
    """List redemptions, the newest first."""
    statuses = (query.status,) if query.status else ()
    return _slice(
        found.redemptions_slice(statuses=statuses, member_id=query.member_id, cursor=query.cursor, limit=query.limit)
    )


@route(bp, "GET", _ONE, permission=Permission.REDEMPTION_VIEW, answers={200: RedemptionShape}, limit="ingest")
def read_redemption(redemption_id: UUID) -> dict[str, Any]:
    """Read one redemption."""
    return redemption_answer(found.redemption(redemption_id))


@route(
    bp,
    "PATCH",
    _ONE,
    permission=Permission.REDEMPTION_EDIT,
    body=MoveRedemptionBody,
    answers={200: RedemptionShape},
    limit="ingest",
)
def change_redemption(
    redemption_id: UUID, body: MoveRedemptionBody, caller: Caller, if_match: int | None
) -> dict[str, Any]:
    """Move a redemption on, or note something; a cancel puts points and stock back."""
    move_redemption(
        redemption_id,
        body.status,
        tracking_number=body.tracking_number,
        notes=body.notes,
        if_match=if_match,
        actor=caller.actor,
    )
    return redemption_answer(found.redemption(redemption_id))


@route(
    bp,
    "GET",
    "/members/<uuid:member_id>/redemptions",
    permission=Permission.MEMBER_VIEW,
    query=CursorQuery,
    answers={200: SliceOf[RedemptionShape]},
    limit="ingest",
)
def list_member_redemptions(member_id: UUID, query: CursorQuery) -> dict[str, Any]:
    """Read a member's redemptions, the newest first."""
    require_member(member_id)
    return _slice(found.redemptions_slice(member_id=member_id, cursor=query.cursor, limit=query.limit))


def _slice(rows: Slice) -> dict[str, Any]:
    answer = slice_answer(rows)
    return {**answer, "data": [redemption_answer(row) for row in rows.rows]}


def _needed(value: Any, field: str, sentence: str) -> Any:
    if value is None:
        raise ValidationErrors({field: [sentence]})
    return value


def _unused(value: Any, field: str, sentence: str) -> None:
    if value is not None:
        raise ValidationErrors({field: [sentence]})
