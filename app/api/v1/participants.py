"""Who takes part in a program."""

from __future__ import annotations

from typing import Any
from uuid import UUID

from flask import Blueprint

from app.api.answers import Answer
from app.api.member_shapes import ParticipantShape
from app.api.money_fields import participant_answer
from app.api.pagination import CursorQuery, SliceOf, slice_answer
from app.api.program_shapes import EnrollBody
from app.api.routing import route
from app.domain.permissions import Caller, Permission
from app.queries import enrollments, programs
from app.queries.currency import currency
from app.services.enrollment import enroll

bp = Blueprint("participants", __name__, url_prefix="/loyalty/programs/<uuid:program_id>/enrollments")


@route(
    bp,
    "POST",
    "",
    permission=Permission.MEMBER_EDIT,
    body=EnrollBody,
    answers={201: ParticipantShape, 200: ParticipantShape},
)
def enroll_member(program_id: UUID, body: EnrollBody, caller: Caller) -> Answer:
    """Enroll a member; who takes part already stays as they are (200)."""
    enrollment_id, is_new = enroll(body.member_id, program_id, actor=caller.actor)
    entry = enrollments.enrollment(enrollment_id)
    return Answer(participant_answer(entry, currency()), 201 if is_new else 200)


@route(
    bp,
    "GET",
    "",
    permission=Permission.MEMBER_VIEW,
    query=CursorQuery,
    answers={200: SliceOf[ParticipantShape]},
)
def list_participants(program_id: UUID, query: CursorQuery) -> dict[str, Any]:
    """List who takes part, the latest first, and where they stand."""
    programs.require_program(program_id)
    rows = enrollments.enrollments_in(program_id, cursor=query.cursor, limit=query.limit)
    return {**slice_answer(rows), "data": [participant_answer(entry, currency()) for entry in rows.rows]}
