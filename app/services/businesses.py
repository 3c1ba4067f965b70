"""Businesses and their locations: founding one, and changing what it says of itself."""

from __future__ import annotations

import re
import secrets
import unicodedata
from collections.abc import Mapping
from typing import Any
from uuid import UUID

from sqlalchemy import func, select

from app.core import clock
from app.core.ids import new_id
from app.core.passwords import hash_password
from app.core.tenancy import current_business_id
from app.core.unit_of_work import session
from app.domain.actor import Actor
from app.domain.errors import Conflict, NotFound, PreconditionFailed, ValidationErrors
from app.domain.localtime import zone_names
from app.domain.opening_hours import Hours, overlaps
from app.models.business import Business
from app.models.location import Location
from app.models.membership import Membership
from app.models.user import UserAccount
from app.queries.business_settings import ACTIVITY_PROGRAM, has_purchases, points_programs
from app.services import audit

_SLUG_LENGTH = 48


def create_business(
    name: str, owner_email: str, password: str, timezone: str, currency: str, industry: str | None = None
) -> tuple[UUID, UUID]:
    """Found the business of the scope that is open (its id is the scope's), with its owner; return both ids.

    Conflict `email_taken` when an account has this e-mail already.
    """
    check_timezone(timezone)
    business = Business(
        id=current_business_id(),
        slug=_free_slug(name),
        name=name,
        timezone=timezone,
        currency=currency,
        industry=industry,
        created_at=clock.now(),
        settings={},
    )
    user = new_user(owner_email, password, "")
    session().add_all([business, user])
    session().flush()
    session().add(
        Membership(id=new_id(), business_id=business.id, user_id=user.id, role="owner", created_at=clock.now())
    )
    after = {"name": name, "timezone": timezone, "currency": currency, "industry": industry}
    audit.record(Actor("user", user.id, user.email), "business.created", ("business", business.id), after=after)
    return business.id, user.id


def update_business(changes: Mapping[str, Any], actor: Actor, if_match: int | None = None) -> None:
    """Change fields of the business in scope; `settings` are merged key by key, null takes a key away.

    Conflict `currency_fixed` where another currency is meant and there are purchases already.
    """
    business = session().get_one(Business, current_business_id())
    _check_version(business.version, if_match)
    if "timezone" in changes:
        check_timezone(changes["timezone"])
    if changes.get("currency", business.currency) != business.currency and has_purchases():
        raise Conflict("currency_fixed", "The currency stays as it is: every amount in the books is in it")
    _check_activity_program(changes.get("settings", {}).get(ACTIVITY_PROGRAM))
    before = _fields(business, changes)
    for name, value in changes.items():
        setattr(business, name, _merged(business.settings, value) if name == "settings" else value)
    session().flush()
    audit.record(actor, "business.changed", ("business", business.id), before, _fields(business, changes))


def create_location(fields: Mapping[str, Any], actor: Actor) -> UUID:
    """Add a location; `timezone` None means the business's."""
    check_timezone(fields.get("timezone"))
    _check_hours(fields.get("hours"))
    location = Location(id=new_id(), created_at=clock.now(), **fields)
    session().add(location)
    audit.record(actor, "location.created", ("location", location.id), after=fields)
    return location.id


def update_location(location_id: UUID, changes: Mapping[str, Any], actor: Actor, if_match: int | None = None) -> None:
    """Change fields of a location."""
    location = _location(location_id)
    _check_version(location.version, if_match)
    check_timezone(changes.get("timezone"))
    _check_hours(changes.get("hours"))
    before = _fields(location, changes)
    for name, value in changes.items():
        setattr(location, name, value)
    session().flush()
    audit.record(actor, "location.changed", ("location", location.id), before, _fields(location, changes))


def close_location(location_id: UUID, actor: Actor) -> None:
    """Take a location out of use; what happened there keeps its name."""
    location = _location(location_id)
    location.is_active = False
    audit.record(actor, "location.closed", ("location", location.id), before={"name": location.name})


def new_user(email: str, password: str, name: str) -> UserAccount:
    """Return a new account, not yet added; Conflict `email_taken` when one has the e-mail."""
    email = email.strip()
    if session().scalar(select(UserAccount.id).where(func.lower(UserAccount.email) == email.lower())):
        raise Conflict("email_taken", "An account with this e-mail exists; sign in instead")
    return UserAccount(
        id=new_id(), email=email, password_hash=hash_password(password), name=name, created_at=clock.now()
    )


def check_timezone(timezone: str | None) -> None:
    """Refuse a zone that the time zone database does not know; None passes."""
    if timezone is not None and timezone not in zone_names():
        raise ValidationErrors({"timezone": ["Timezone must be a name such as Europe/Kyiv"]})


def _check_hours(hours: Hours | None) -> None:
    errors = overlaps(hours or {})
    if errors:
        raise ValidationErrors({f"hours.{day}": [message] for day, message in errors.items()})


def _check_activity_program(program_id: Any) -> None:
    """Refuse anything but the id of a points program of this business; None means the default."""
    if program_id is not None and str(program_id) not in {str(found) for found, _ in points_programs()}:
        raise ValidationErrors({f"settings.{ACTIVITY_PROGRAM}": ["Choose one of your points programs"]})


def _location(location_id: UUID) -> Location:
    location = session().get(Location, (current_business_id(), location_id))
    if location is None or not location.is_active:
        raise NotFound
    return location


def _check_version(version: int, if_match: int | None) -> None:
    if if_match is not None and if_match != version:
        raise PreconditionFailed


def _fields(row: object, names: Mapping[str, Any]) -> dict[str, Any]:
    return {name: getattr(row, name) for name in names}


def _merged(old: Mapping[str, Any], new: Mapping[str, Any]) -> dict[str, Any]:
    return {name: value for name, value in {**old, **new}.items() if value is not None}


def _free_slug(name: str) -> str:
    """Return an address for the name that is free now; the unique key has the last word."""
    plain = unicodedata.normalize("NFKD", name).encode("ascii", "ignore").decode().lower()
    slug = re.sub(r"[^a-z0-9]+", "-", plain).strip("-")[:_SLUG_LENGTH].strip("-") or "business"
    is_taken = session().scalar(select(Business.id).where(Business.slug == slug)) is not None
    return f"{slug}-{secrets.token_hex(3)}" if is_taken else slug
