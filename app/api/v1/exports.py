"""Files that go out: members and purchases as CSV, each made by an operation."""

from __future__ import annotations

from typing import Any

from flask import Blueprint

from app.api.operation_shapes import FOLLOWED, MemberExportBody, OperationShape, PurchaseExportBody, started
from app.api.routing import route
from app.domain.permissions import Caller, Permission
from app.services import member_exports, purchase_exports

bp = Blueprint("exports", __name__)


@route(
    bp,
    "POST",
    "/members/exports",
    permission=Permission.MEMBER_EXPORT,
    body=MemberExportBody,
    answers={202: OperationShape},
    leads_to=FOLLOWED,
)
def export_members(body: MemberExportBody, caller: Caller) -> dict[str, Any]:
    """Make a file of the members who match, with the columns that an import reads."""
    return started(member_exports.start_export(body.stored(), actor=caller.actor))


@route(
    bp,
    "POST",
    "/purchases/exports",
    permission=Permission.PURCHASE_EXPORT,
    body=PurchaseExportBody,
    answers={202: OperationShape},
    leads_to=FOLLOWED,
)
def export_purchases(body: PurchaseExportBody, caller: Caller) -> dict[str, Any]:
    """Make a file of the purchases that match."""
    operation_id = purchase_exports.start_export(
        member_id=body.member_id, status=body.status, from_=body.from_, to=body.to, actor=caller.actor
    )
    return started(operation_id)
