"""What is kept about a member: enrollments, ledger, activity, vouchers, and all of it as one export."""

from __future__ import annotations

from typing import Any
from uuid import UUID

from flask import Blueprint

from app.api.member_export import member_export
from app.api.member_shapes import ActivityShape, EnrollmentsShape, EntryShape, VoucherShape
from app.api.money_fields import enrollment_answer, entry_answer
from app.api.pagination import CursorQuery, SliceOf, slice_answer
from app.api.routing import route
from app.domain.permissions import Permission
from app.queries import activity, enrollments, ledger_entries, members, vouchers
from app.queries.currency import currency as business_currency

bp = Blueprint("member_records", __name__, url_prefix="/members/<uuid:member_id>")


class LedgerQuery(CursorQuery):
    """Of which program."""

    program_id: UUID | None = None


@route(
    bp,
    "GET",
    "/enrollments",
    permission=Permission.MEMBER_VIEW,
    answers={200: EnrollmentsShape},
    limit="ingest",
)
def list_enrollments(member_id: UUID) -> dict[str, Any]:
    """Read where a member stands in every program they take part in."""
    currency = business_currency()
    return {"data": [enrollment_answer(entry, currency) for entry in enrollments.enrollments_of_known(member_id)]}


@route(
    bp,
    "GET",
    "/ledger",
    permission=Permission.MEMBER_VIEW,
    query=LedgerQuery,
    answers={200: SliceOf[EntryShape]},
)
def list_ledger(member_id: UUID, query: LedgerQuery) -> dict[str, Any]:
    """Read a member's ledger, the newest entry first, each with its reason."""
    members.require_member(member_id)
    currency = business_currency()
    entries = ledger_entries.ledger_of(
        member_id, currency, program_id=query.program_id, cursor=query.cursor, limit=query.limit
    )
    answer = slice_answer(entries)
    return {**answer, "data": [entry_answer(entry, currency) for entry in entries.rows]}


@route(
    bp,
    "GET",
    "/activity",
    permission=Permission.MEMBER_VIEW,
    query=CursorQuery,
    answers={200: SliceOf[ActivityShape]},
)
def list_activity(member_id: UUID, query: CursorQuery) -> dict[str, Any]:
    """Read what happened to a member, the latest first."""
    members.require_member(member_id)
    return slice_answer(activity.activity_of(member_id, cursor=query.cursor, limit=query.limit))


@route(
    bp,
    "GET",
    "/vouchers",
    permission=Permission.MEMBER_VIEW,
    query=CursorQuery,
    answers={200: SliceOf[VoucherShape]},
    limit="ingest",
)
def list_vouchers(member_id: UUID, query: CursorQuery) -> dict[str, Any]:
    """Read a member's vouchers, the newest first."""
    members.require_member(member_id)
    return slice_answer(vouchers.vouchers_of(member_id, cursor=query.cursor, limit=query.limit))


@route(bp, "GET", "/export", permission=Permission.MEMBER_ERASE, answers={200: dict[str, Any]})
def export_member(member_id: UUID) -> dict[str, Any]:
    """Read everything kept about a member, for the member."""
    return member_export(member_id, business_currency())
