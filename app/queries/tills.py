"""Reads paired tills, who may sign in at one, and who has."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any
from uuid import UUID

from sqlalchemy import select

from app.core import clock
from app.core.passwords import digest
from app.core.tenancy import current_business_id
from app.core.unit_of_work import session
from app.domain.actor import Actor
from app.domain.permissions import Caller, Role, granted
from app.domain.till import TillSettings, till_settings
from app.models.business import Business
from app.models.device import Device, PinGuard
from app.models.location import Location
from app.models.membership import Membership
from app.models.user import UserAccount
from app.models.user_session import UserSession
from app.queries.till_waiting import OPEN_REPORT

_STALE = timedelta(seconds=15)


@dataclass(frozen=True, slots=True)
class Till:
    """A paired device of an open business, known by the secret in its cookie."""

    id: UUID
    business_id: UUID
    name: str
    location_id: UUID | None
    settings: TillSettings


@dataclass(frozen=True, slots=True)
class AtTill:
    """Who has signed in at a till by PIN; `is_stale` when the row should note that they were here."""

    caller: Caller
    staff_id: UUID
    location_id: UUID | None
    is_stale: bool


def till_by_secret(secret: str, slug: str) -> Till | None:
    """The till of the business at this address whose secret it is; a platform look-up. None once revoked."""
    row = (
        session()
        .execute(
            select(Device.id, Device.business_id, Device.name, Device.location_id, Business.settings)
            .join(Business, Business.id == Device.business_id)
            .where(Device.secret_hash == digest(secret), Device.revoked_at.is_(None))
            .where(Business.slug == slug, Business.status == "active")
        )
        .first()
    )
    return None if row is None else Till(row[0], row[1], row[2], row[3], till_settings(row[4]))


def at_till(till: Till, secret: str) -> AtTill | None:
    """Who signed in at this till with this session's secret; None once it is over, idle or ended. A platform look-up.

    Whatever their role, at a till they may do what staff may: a PIN is no identity.
    """
    now = clock.now()
    row = (
        session()
        .execute(
            select(UserSession, Membership.id, Membership.name, UserAccount.name, UserAccount.email)
            .join(Membership, Membership.user_id == UserSession.user_id)
            .join(UserAccount, UserAccount.id == UserSession.user_id)
            .where(UserSession.token_hash == digest(secret), UserSession.kind == "till")
            .where(UserSession.device_id == till.id, UserSession.revoked_at.is_(None), UserSession.expires_at > now)
            .where(UserSession.last_seen_at > now - till.settings.idle, UserAccount.disabled_at.is_(None))
            .where(Membership.business_id == till.business_id, Membership.ended_at.is_(None))
        )
        .first()
    )
    if row is None:
        return None
    signed_in: UserSession = row[0]
    actor = Actor("user", signed_in.user_id, row[2] or row[3] or row[4])
    caller = Caller(till.business_id, actor, Role.STAFF, granted(Role.STAFF), signed_in.user_id, signed_in.id)
    return AtTill(caller, row[1], signed_in.location_id, now - signed_in.last_seen_at > _STALE)


def people_with_pins(*, managers_only: bool = False) -> list[dict[str, Any]]:
    """{id, name, role} of everybody here who has a PIN, by name; with ``managers_only`` owners and managers alone."""
    query = (
        select(Membership.id, Membership.name, UserAccount.name, UserAccount.email, Membership.role)
        .join(UserAccount, UserAccount.id == Membership.user_id)
        .where(Membership.business_id == current_business_id(), Membership.ended_at.is_(None))
        .where(Membership.pin_hash.is_not(None), UserAccount.disabled_at.is_(None))
    )
    if managers_only:
        query = query.where(Membership.role.in_((Role.OWNER, Role.MANAGER)))
    people = [{"id": row[0], "name": row[1] or row[2] or row[3], "role": row[4]} for row in session().execute(query)]
    return sorted(people, key=lambda person: person["name"].casefold())


def tills() -> list[dict[str, Any]]:
    """Every paired till of the business in scope, the newest first, with the name of its location."""
    rows = session().execute(
        select(Device, Location.name)
        .outerjoin(Location, (Location.business_id == Device.business_id) & (Location.id == Device.location_id))
        .where(Device.business_id == current_business_id(), Device.revoked_at.is_(None))
        .order_by(Device.paired_at.desc(), Device.id.desc())
    )
    return [
        {
            "id": device.id,
            "name": device.name,
            "locationId": device.location_id,
            "locationName": place,
            "pairedAt": device.paired_at,
            "lastSeenAt": device.last_seen_at,
            "clockOffsetMs": device.clock_offset_ms,
        }
        for device, place in rows
    ]


def settings_of_tills() -> TillSettings:
    """How the tills of the business in scope behave."""
    here = Business.id == current_business_id()
    return till_settings(session().scalars(select(Business.settings).where(here)).one())


def pin_reports() -> list[dict[str, Any]]:
    """Who had so many wrong PINs typed that the owner is to know, the latest first; until the owner has seen it."""
    rows = session().execute(
        select(PinGuard, Device.name.label("device_name"), Membership.name, UserAccount.email)
        .join(Device, Device.id == PinGuard.device_id)
        .join(Membership, Membership.id == PinGuard.membership_id)
        .join(UserAccount, UserAccount.id == Membership.user_id)
        .where(*OPEN_REPORT)
        .order_by(PinGuard.reported_at.desc())
    )
    return [
        {
            "deviceId": guard.device_id,
            "staffId": guard.membership_id,
            "deviceName": device_name,
            "staffName": name or email,
            "failures": guard.failures,
            "lockedUntil": guard.locked_until,
            "reportedAt": guard.reported_at,
        }
        for guard, device_name, name, email in rows
    ]


def worked_at(device_id: UUID, user_id: UUID, at: datetime) -> bool:
    """Say whether somebody had signed in at this till by then; a platform table."""
    found = select(UserSession.id).where(
        UserSession.device_id == device_id, UserSession.user_id == user_id, UserSession.created_at <= at
    )
    return session().scalar(found.limit(1)) is not None
