"""The caller, and the business that the token belongs to."""

from __future__ import annotations

from datetime import datetime
from typing import Annotated, Any
from uuid import UUID

from flask import Blueprint
from pydantic import AfterValidator, Field, StringConstraints

from app.api.routing import route
from app.api.shapes import Shape
from app.domain.accounts import checked_currency
from app.domain.body import Body
from app.domain.permissions import Caller, Open, Permission
from app.queries import businesses
from app.services.businesses import update_business

bp = Blueprint("business", __name__)

Name = Annotated[str, StringConstraints(strip_whitespace=True, min_length=1, max_length=120)]
Timezone = Annotated[str, Field(max_length=64)]
Currency = Annotated[str, AfterValidator(checked_currency)]


class BusinessShape(Shape):
    """A business and its settings."""

    id: UUID
    slug: str
    name: str
    timezone: str
    currency: str
    industry: str | None
    brand_color: str | None
    logo_url: str | None
    settings: dict[str, Any]
    version: int
    created_at: datetime


class BusinessBody(Body):
    """What may be changed; the currency until the first purchase, since every amount in the books is in it."""

    name: Name | None = None
    timezone: Timezone | None = None
    currency: Currency | None = None
    industry: Annotated[str, Field(max_length=60)] | None = None
    brand_color: Annotated[str, Field(pattern=r"^#[0-9a-fA-F]{6}$")] | None = None
    settings: dict[str, Any] | None = None


class CallerShape(Shape):
    """Who is calling: a user or a key."""

    id: UUID
    kind: str
    name: str


class MeShape(Shape):
    """The caller, their business, and what they may do in it."""

    user: CallerShape
    business: BusinessShape
    role: str
    permissions: list[str]


@route(bp, "GET", "/me", permission=Open.ANY_ROLE, answers={200: MeShape})
def me(caller: Caller) -> dict[str, Any]:
    """Say who is calling, for which business and in which role."""
    return {
        "user": {"id": caller.principal_id, "kind": caller.actor.kind, "name": caller.actor.name},
        "business": businesses.business(caller.business_id),
        "role": caller.role,
        "permissions": sorted(caller.permissions),
    }


@route(bp, "GET", "/business", permission=Permission.BUSINESS_VIEW, answers={200: BusinessShape})
def get_business(caller: Caller) -> dict[str, Any]:
    """Show the business."""
    return businesses.business(caller.business_id)


@route(bp, "PATCH", "/business", permission=Permission.BUSINESS_EDIT, body=BusinessBody, answers={200: BusinessShape})
def patch_business(caller: Caller, body: BusinessBody, if_match: int | None) -> dict[str, Any]:
    """Change the business; fields left out stay, settings are merged."""
    update_business(sent(body, required=("name", "timezone", "currency", "settings")), caller.actor, if_match)
    return businesses.business(caller.business_id)


def sent(body: Body, required: tuple[str, ...] = ()) -> dict[str, Any]:
    """Return the fields that the caller sent; null for one that cannot be empty means: leave it."""
    changes = body.model_dump(exclude_unset=True)
    return {name: value for name, value in changes.items() if value is not None or name not in required}
