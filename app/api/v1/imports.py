"""Files that come in: members and purchases as CSV, each an operation to follow."""

from __future__ import annotations

from typing import Any
from uuid import UUID

from flask import Blueprint

from app.api.operation_shapes import FOLLOWED, MemberImportQuery, OperationShape, PurchaseImportQuery, started
from app.api.routing import File, route
from app.domain.permissions import Caller, Permission
from app.services import member_file_imports, member_imports, purchase_imports
from app.services.member_file_imports import FileWishes
from app.services.purchase_imports import PurchaseFileWishes

bp = Blueprint("imports", __name__)

_MEMBERS = File(("text/csv",), "members.csv", "A header, then one member a row; up to 5 MB and 100,000 rows")
_PURCHASES = File(("text/csv",), "sales.csv", "A header, then one sale a row; up to 5 MB and 100,000 rows")


@route(
    bp,
    "POST",
    "/members/imports",
    permission=Permission.MEMBER_IMPORT,
    body=_MEMBERS,
    query=MemberImportQuery,
    answers={202: OperationShape},
    leads_to=FOLLOWED,
)
def import_members(body: bytes, query: MemberImportQuery, caller: Caller) -> dict[str, Any]:
    """Add or change the members of a file; rows that cannot be done are the operation's file."""
    wishes = FileWishes(query.file_name, query.map, query.mode, query.program_id, query.dry_run)
    return started(member_file_imports.import_file(body, wishes, actor=caller.actor))


@route(
    bp,
    "POST",
    "/members/imports/<uuid:import_id>/undo",
    permission=Permission.MEMBER_IMPORT,
    answers={202: OperationShape},
    leads_to=FOLLOWED,
)
def undo_member_import(import_id: UUID, caller: Caller) -> dict[str, Any]:
    """Take back what an import of members did, for 30 days."""
    return started(member_imports.undo_import(import_id, actor=caller.actor))


@route(
    bp,
    "POST",
    "/purchases/imports",
    permission=Permission.PURCHASE_IMPORT,
    body=_PURCHASES,
    query=PurchaseImportQuery,
    answers={202: OperationShape},
    leads_to=FOLLOWED,
)
def import_purchases(body: bytes, query: PurchaseImportQuery, caller: Caller) -> dict[str, Any]:
    """Record the purchases of a file as history: they earn, and nobody gets a message."""
    wishes = PurchaseFileWishes(query.source, query.map, query.timezone, query.dry_run)
    return started(purchase_imports.import_file(body, wishes, actor=caller.actor))
