"""API keys of a business."""

from __future__ import annotations

from datetime import datetime
from typing import Annotated, Any, Literal
from uuid import UUID

from flask import Blueprint
from pydantic import Field

from app.api.pagination import CursorQuery, SliceOf, slice_answer
from app.api.routing import route
from app.api.shapes import Shape
from app.api.v1.business import Name
from app.domain.body import Body
from app.domain.permissions import Caller, Permission
from app.queries import staff
from app.services.api_keys import create_api_key, revoke_api_key

bp = Blueprint("api_keys", __name__, url_prefix="/api-keys")

_PermissionName = Annotated[str, Field(max_length=64)]


class NewKeyBody(Body):
    """A key's role, and optionally the only things of it that the key may do."""

    name: Name
    role: Literal["manager", "staff"]
    permissions: Annotated[list[_PermissionName], Field(min_length=1, max_length=64)] | None = None


class KeyShape(Shape):
    """A key without the key; `hint` is its end."""

    id: UUID
    name: str
    role: str
    permissions: list[str] | None
    hint: str
    last_used_at: datetime | None
    created_at: datetime


class NewKeyShape(KeyShape):
    """A new key; it is shown this once (null when an Idempotency-Key answers again)."""

    key: str | None


@route(bp, "GET", "", permission=Permission.API_KEY_EDIT, query=CursorQuery, answers={200: SliceOf[KeyShape]})
def list_api_keys(query: CursorQuery) -> dict[str, Any]:
    """List the keys in use."""
    return slice_answer(staff.api_keys_page(query.cursor, query.limit))


@route(
    bp,
    "POST",
    "",
    permission=Permission.API_KEY_EDIT,
    body=NewKeyBody,
    answers={201: NewKeyShape},
    secrets=("key",),
)
def post_api_key(caller: Caller, body: NewKeyBody) -> dict[str, Any]:
    """Make a key."""
    key_id, key = create_api_key(body.name, body.role, body.permissions, caller.actor)
    return staff.api_key(key_id) | {"key": key}


@route(bp, "DELETE", "/<uuid:key_id>", permission=Permission.API_KEY_EDIT, answers={204: None})
def delete_api_key(key_id: UUID, caller: Caller) -> None:
    """Revoke a key at once."""
    revoke_api_key(key_id, caller.actor)
