"""Reads which paired tills have not been heard of for longer than they usually are."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID
from zoneinfo import ZoneInfo

from sqlalchemy import select

from app.core import clock
from app.core.tenancy import current_business_id
from app.core.unit_of_work import session
from app.domain.localtime import local_day
from app.domain.till_silence import LOOKS_BACK, SHORTEST, is_silent
from app.models.device import Device
from app.models.user_session import UserSession
from app.queries.businesses import zone
from app.queries.statements import AnyRow


@dataclass(frozen=True, slots=True)
class SilentTill:
    """A till that is missed; ``is_open`` when nobody had locked it, so that it may hold work it has not sent."""

    id: UUID
    name: str
    seen_at: datetime
    is_open: bool


def silent_tills() -> list[SilentTill]:
    """The paired tills of the business in scope that are missed, the longest silent first.

    One statement while all have been heard of lately, three otherwise.
    """
    now = clock.now()
    devices = session().execute(
        select(Device.id, Device.name, Device.paired_at, Device.last_seen_at)
        .where(Device.business_id == current_business_id(), Device.revoked_at.is_(None))
        .where(Device.last_seen_at < now - SHORTEST)
    )
    quiet = devices.all()
    if not quiet:
        return []
    signed_in, here = _sign_ins([device.id for device in quiet]), zone()
    missed = (_missed(device, signed_in.get(device.id, []), now, here) for device in quiet)
    found = [till for till in missed if till is not None]
    return sorted(found, key=lambda till: (till.seen_at, till.name))


def _sign_ins(device_ids: Collection[UUID]) -> dict[UUID, list[AnyRow]]:
    """Who signed in at each of the devices, the latest last."""
    rows = session().execute(
        select(UserSession.device_id, UserSession.created_at, UserSession.last_seen_at, UserSession.revoked_at)
        .where(UserSession.device_id.in_(device_ids), UserSession.created_at > clock.now() - 6 * LOOKS_BACK)
        .order_by(UserSession.created_at)
    )
    found: dict[UUID, list[AnyRow]] = defaultdict(list)
    for row in rows:
        found[row.device_id].append(row)
    return found


def _missed(device: AnyRow, sign_ins: list[AnyRow], now: datetime, here: ZoneInfo) -> SilentTill | None:
    """A till without scripts is heard of by its sign-ins alone."""
    seen = max([device.last_seen_at, *(row.last_seen_at for row in sign_ins)])
    days = {local_day(row.created_at, here) for row in sign_ins if row.created_at > seen - LOOKS_BACK}
    is_open = bool(sign_ins) and sign_ins[-1].revoked_at is None
    return (
        SilentTill(device.id, device.name, seen, is_open) if is_silent(seen, days, is_open=is_open, now=now) else None
    )
