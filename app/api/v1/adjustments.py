"""Points given or taken by hand."""

from __future__ import annotations

from typing import Any
from uuid import UUID

from flask import Blueprint
from pydantic import StrictInt

from app.api.answers import Answer
from app.api.routing import route
from app.api.shapes import Shape
from app.domain.body import Body
from app.domain.permissions import Caller, Permission
from app.services.adjustments import adjust_points

bp = Blueprint("adjustments", __name__, url_prefix="/members/<uuid:member_id>/adjustments")


class AdjustmentBody(Body):
    """How many points, below zero to take away, in which program, and why."""

    program_id: UUID
    points: StrictInt
    reason: str


class AdjustmentShape(Shape):
    """The ledger entry, and the usable points before and after it."""

    entry_id: UUID
    member_id: UUID
    program_id: UUID
    points: int
    balance_before: int
    balance_after: int


@route(bp, "POST", "", permission=Permission.POINTS_ADJUST, body=AdjustmentBody, answers={201: AdjustmentShape})
def adjust(member_id: UUID, body: AdjustmentBody, caller: Caller) -> Answer:
    """Give points to a member or take some away."""
    done = adjust_points(member_id, body.program_id, body.points, body.reason, caller.actor)
    answer: dict[str, Any] = {
        "entryId": done.entry_id,
        "memberId": member_id,
        "programId": body.program_id,
        "points": body.points,
        "balanceBefore": done.before,
        "balanceAfter": done.after,
    }
    return Answer(answer, 201)
