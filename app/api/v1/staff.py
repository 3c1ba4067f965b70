"""The people who work for a business."""

from __future__ import annotations

from datetime import datetime
from typing import Annotated, Any, Literal
from uuid import UUID

from flask import Blueprint
from pydantic import AfterValidator, Field

from app.api.pagination import CursorQuery, SliceOf, slice_answer
from app.api.routing import route
from app.api.shapes import Shape
from app.api.v1.business import Name, sent
from app.domain.accounts import checked_email, checked_password, checked_pin
from app.domain.body import Body
from app.domain.permissions import Caller, Permission
from app.queries import staff
from app.services.staff import add_staff, remove_staff, update_staff

bp = Blueprint("staff", __name__, url_prefix="/staff")

RoleName = Literal["owner", "manager", "staff"]
_Email = Annotated[str, Field(max_length=254), AfterValidator(checked_email)]
_Password = Annotated[str, AfterValidator(checked_password)]
_Pin = Annotated[str, AfterValidator(checked_pin)]


class NewStaffBody(Body):
    """Somebody to take on; the password is their first one, if the e-mail is new to us."""

    name: Name
    email: _Email
    role: RoleName
    password: _Password | None = None
    pin: _Pin | None = None


class StaffBody(Body):
    """What may be changed; `pin` null takes the PIN away."""

    name: Name | None = None
    role: RoleName | None = None
    pin: _Pin | None = None


class StaffShape(Shape):
    """Somebody who works here."""

    id: UUID
    user_id: UUID
    name: str
    email: str
    role: RoleName
    has_pin: bool
    version: int
    created_at: datetime


@route(bp, "GET", "", permission=Permission.STAFF_VIEW, query=CursorQuery, answers={200: SliceOf[StaffShape]})
def list_staff(query: CursorQuery) -> dict[str, Any]:
    """List who works here."""
    return slice_answer(staff.staff_page(query.cursor, query.limit))


@route(bp, "POST", "", permission=Permission.STAFF_EDIT, body=NewStaffBody, answers={201: StaffShape})
def post_staff(caller: Caller, body: NewStaffBody) -> dict[str, Any]:
    """Take somebody on."""
    return staff.staff_member(add_staff(body.name, body.email, body.role, body.password, body.pin, caller.actor))


@route(bp, "PATCH", "/<uuid:staff_id>", permission=Permission.STAFF_EDIT, body=StaffBody, answers={200: StaffShape})
def patch_staff(staff_id: UUID, caller: Caller, body: StaffBody, if_match: int | None) -> dict[str, Any]:
    """Change a name, a role or a PIN."""
    update_staff(staff_id, sent(body, required=("name", "role")), caller.actor, if_match)
    return staff.staff_member(staff_id)


@route(bp, "DELETE", "/<uuid:staff_id>", permission=Permission.STAFF_EDIT, answers={204: None})
def delete_staff(staff_id: UUID, caller: Caller) -> None:
    """Let somebody go; their access ends now."""
    remove_staff(staff_id, caller.actor)
