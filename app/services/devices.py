"""Pairs tills by a code, renames, moves and revokes them, and keeps how the owner wants them to behave."""

from __future__ import annotations

from datetime import datetime, timedelta
from uuid import UUID

from sqlalchemy import select, update

from app.core import clock
from app.core.ids import code, new_id, token
from app.core.passwords import digest
from app.core.tenancy import current_business_id
from app.core.unit_of_work import session
from app.domain.actor import Actor
from app.domain.errors import NotFound, ValidationErrors
from app.domain.till import TillSettings
from app.models.business import Business
from app.models.device import Device, DevicePairing
from app.models.location import Location
from app.models.user_session import UserSession
from app.services import audit

PAIRING_LIFETIME = timedelta(minutes=10)

_LONGEST_NAME = 60


def make_pairing_code(name: str, location_id: UUID | None, *, actor: Actor) -> str:
    """Return a code of eight signs that pairs one device within ten minutes; only its digest is kept.

    Raises ValidationErrors (name, location_id).
    """
    name = _checked_name(name)
    _check_location(location_id)
    made, now = code(), clock.now()
    pairing = DevicePairing(
        id=new_id(),
        code_hash=digest(made),
        name=name,
        location_id=location_id,
        created_by=actor.id,
        created_at=now,
        expires_at=now + PAIRING_LIFETIME,
    )
    session().add(pairing)
    audit.record(actor, "till.pairing_code_made", ("device_pairing", pairing.id), after={"name": name})
    return made


def pair_device(text: str) -> str | None:
    """Return the secret of a new device for its cookie, or None for a code that is unknown, used or over.

    Locks the pairing, so that of two devices with the same code one is paired.
    """
    plain = "".join(text.split()).upper().replace("-", "")
    pairing = (
        session()
        .scalars(select(DevicePairing).where(DevicePairing.code_hash == digest(plain)).with_for_update())
        .one_or_none()
    )
    now = clock.now()
    if pairing is None or pairing.used_at is not None or pairing.expires_at <= now:
        return None
    secret = token()
    device = Device(
        id=new_id(),
        business_id=current_business_id(),
        location_id=pairing.location_id,
        name=pairing.name,
        secret_hash=digest(secret),
        paired_by=pairing.created_by,
        paired_at=now,
        last_seen_at=now,
    )
    session().add(device)
    session().flush()
    pairing.used_at, pairing.device_id = now, device.id
    paired_by = Actor("user", pairing.created_by, pairing.name)
    audit.record(paired_by, "till.paired", ("device", device.id), after={"name": device.name})
    return secret


def change_device(device_id: UUID, *, name: str, location_id: UUID | None, actor: Actor) -> None:
    """Rename or move a till; sign-ins at it record at the new place from now on. NotFound or ValidationErrors."""
    device = _device(device_id)
    name = _checked_name(name)
    _check_location(location_id)
    before = {"name": device.name, "locationId": _text(device.location_id)}
    device.name, device.location_id = name, location_id
    _live_sessions(device_id, {"location_id": location_id})
    audit.record(actor, "till.changed", ("device", device_id), before, {"name": name, "locationId": _text(location_id)})


def revoke_device(device_id: UUID, *, actor: Actor) -> None:
    """Take a till out of use: its secret and every sign-in at it end with the next request. NotFound."""
    device = _device(device_id)
    now = clock.now()
    device.revoked_at = now
    _live_sessions(device_id, {"revoked_at": now, "revoked_why": "till revoked"})
    audit.record(actor, "till.revoked", ("device", device_id), before={"name": device.name})


def change_till_settings(wanted: TillSettings, *, actor: Actor) -> None:
    """Keep how tills lock and what they may do while they are cut off."""
    business = session().get_one(Business, current_business_id(), with_for_update=True)
    after = {"autoLock": wanted.auto_lock, "offlineRewards": wanted.offline_rewards}
    before = dict(business.settings.get("till") or {})
    business.settings = {**business.settings, "till": after}
    audit.record(actor, "till.settings_changed", ("business", business.id), before, after)


def note_contact(device_id: UUID, offset_ms: int | None, at: datetime) -> None:
    """Note that a device was heard of, and how far its clock is behind ours (milliseconds), if it has said so."""
    values: dict[str, object] = {"last_seen_at": at}
    if offset_ms is not None:
        values["clock_offset_ms"] = offset_ms
    session().execute(update(Device).where(Device.id == device_id).values(**values))


def _device(device_id: UUID) -> Device:
    mine = Device.business_id == current_business_id()
    found = session().scalars(
        select(Device).where(Device.id == device_id, mine, Device.revoked_at.is_(None)).with_for_update()
    )
    device = found.first()
    if device is None:
        raise NotFound("till")
    return device


def _live_sessions(device_id: UUID, values: dict[str, object]) -> None:
    session().execute(
        update(UserSession)
        .where(UserSession.device_id == device_id, UserSession.revoked_at.is_(None))
        .values(**values)
        .execution_options(synchronize_session=False)
    )


def _checked_name(name: str) -> str:
    name = " ".join(name.split())
    if not name:
        raise ValidationErrors({"name": ["Enter a name for the till, for example Counter iPad"]})
    if len(name) > _LONGEST_NAME:
        raise ValidationErrors({"name": [f"Enter a name of at most {_LONGEST_NAME} characters"]})
    return name


def _check_location(location_id: UUID | None) -> None:
    known = location_id is None or session().scalar(
        select(Location.id).where(Location.id == location_id, Location.is_active.is_(True))
    )
    if not known:
        raise ValidationErrors({"location_id": ["Choose one of your locations"]})


def _text(value: UUID | None) -> str | None:
    return None if value is None else str(value)
