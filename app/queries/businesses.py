"""A business and its locations as the API and the pages show them."""

from __future__ import annotations

from typing import Any
from uuid import UUID
from zoneinfo import ZoneInfo

from sqlalchemy import ColumnElement, ScalarSelect, func, select

from app.core.config import settings
from app.core.tenancy import current_business_id
from app.core.unit_of_work import session
from app.domain.errors import NotFound
from app.domain.picture_keys import picture_size
from app.models.business import Business
from app.models.dead_letter import DeadLetter
from app.models.location import Location
from app.queries.paging import Page
from app.queries.till_waiting import OPEN_CONFLICT, OPEN_REPORT

DEFAULT_BRAND = "#7f3b1c"


def business(business_id: UUID) -> dict[str, Any]:
    """Return a business as API.md's object."""
    row = session().get_one(Business, business_id)
    return {
        "id": row.id,
        "slug": row.slug,
        "name": row.name,
        "timezone": row.timezone,
        "currency": row.currency,
        "industry": row.industry,
        "brandColor": row.brand_color,
        "logoUrl": f"{settings().base_url}/pictures/{row.logo_key}" if row.logo_key else None,
        "settings": row.settings,
        "version": row.version,
        "createdAt": row.created_at,
    }


def currency() -> str:
    """Return the ISO 4217 code of the business in scope: every amount of its books is in it."""
    return session().scalars(select(Business.currency).where(Business.id == current_business_id())).one()


def zone() -> ZoneInfo:
    """Return the time zone of the business in scope: its days are those of its snapshots."""
    return ZoneInfo(session().scalars(select(Business.timezone).where(Business.id == current_business_id())).one())


def header() -> dict[str, Any]:
    """Return what every page of the business in scope says of it, in one look-up."""
    locations = select(func.count()).select_from(Location).where(Location.is_active.is_(True)).scalar_subquery()
    attention = _waiting(DeadLetter.resolved_at.is_(None)) + _waiting(*OPEN_CONFLICT) + _waiting(*OPEN_REPORT)
    row, locations_total, attention_total = (
        session().execute(select(Business, locations, attention).where(Business.id == current_business_id())).one()
    )
    return {
        "id": row.id,
        "slug": row.slug,
        "name": row.name,
        "timezone": row.timezone,
        "currency": row.currency,
        "industry": row.industry,
        "brand_colour": row.brand_color or DEFAULT_BRAND,
        "logo_key": row.logo_key,
        "logo_size": picture_size(row.logo_key) if row.logo_key else None,
        "locations_total": locations_total,
        "attention_total": attention_total,
    }


def _waiting(*conditions: ColumnElement[bool]) -> ScalarSelect[int]:
    return select(func.count()).where(*conditions).scalar_subquery()


def location(location_id: UUID) -> dict[str, Any]:
    """Return one location in use; NotFound otherwise."""
    row = session().get(Location, (current_business_id(), location_id))
    if row is None or not row.is_active:
        raise NotFound
    return _location(row)


def locations_page(page: int, page_size: int) -> Page:
    """Return one page (from 1) of the locations in use, oldest first."""
    is_open = Location.is_active.is_(True)
    rows = session().scalars(
        select(Location)
        .where(is_open)
        .order_by(Location.created_at, Location.id)
        .limit(page_size)
        .offset((page - 1) * page_size)
    )
    total = session().scalar(select(func.count()).select_from(Location).where(is_open)) or 0
    return Page([_location(row) for row in rows], page, page_size, total)


def open_business_id(slug: str) -> UUID | None:
    """Return the id of the business at an address of the portal or the public pages; a platform look-up."""
    return session().scalar(select(Business.id).where(Business.slug == slug, Business.status == "active"))


def open_business_ids() -> list[UUID]:
    """Return the ids of all businesses that are open; a platform look-up."""
    return list(session().scalars(select(Business.id).where(Business.status == "active")))


def _location(row: Location) -> dict[str, Any]:
    return {
        "id": row.id,
        "name": row.name,
        "address": row.address,
        "timezone": row.timezone,
        "hours": row.hours,
        "version": row.version,
        "createdAt": row.created_at,
    }
