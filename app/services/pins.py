"""Tries a till PIN: counted in the database for each device and person, locked for growing pauses."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from sqlalchemy import select
from sqlalchemy.dialects.postgresql import insert

from app.core import clock
from app.core.passwords import verify_pin
from app.core.tenancy import current_business_id
from app.core.unit_of_work import session
from app.domain.message_registry import MESSAGES
from app.domain.till import FREE_TRIES, lock_after
from app.models.device import Device, PinGuard
from app.models.membership import Membership
from app.queries.recipients import owner_ids
from app.services.messages import NewMessage, Recipient, write_messages


@dataclass(frozen=True, slots=True)
class PinAnswer:
    """What a try came to: the person, or how many tries are left, or until when nobody may try."""

    user_id: UUID | None = None
    role: str = ""
    name: str = ""
    tries_left: int = 0
    locked_until: datetime | None = None


def try_pin(device_id: UUID, staff_id: UUID, pin: str) -> PinAnswer:
    """Try a PIN of one person on one paired device; commit whatever it answers, or the try does not count.

    Locks the counter's row, so that tries at the same time count one after another. Who does not exist, has left or
    has no PIN is answered exactly like a wrong PIN. While it is locked nothing is tried, and nothing counts.
    """
    guard, now = _guard(device_id, staff_id), clock.now()
    if guard is not None and guard.locked_until is not None and guard.locked_until > now:
        return PinAnswer(locked_until=guard.locked_until)
    person = _person(staff_id)
    if verify_pin(person.pin_hash if person else None, pin) and person is not None:
        if guard is not None:
            guard.failures, guard.locked_until = 0, None
        return PinAnswer(user_id=person.user_id, role=person.role, name=person.name)
    return _wrong(guard, now) if guard is not None else PinAnswer(tries_left=FREE_TRIES - 1)


def forgive(device_id: UUID, staff_id: UUID) -> None:
    """Let somebody try at once again, and take the notice about it away. Locks the counter's row."""
    guard = session().get(PinGuard, (current_business_id(), device_id, staff_id), with_for_update=True)
    if guard is not None:
        guard.failures, guard.locked_until, guard.seen_at = 0, None, clock.now()


def _wrong(guard: PinGuard, now: datetime) -> PinAnswer:
    guard.failures += 1
    pause = lock_after(guard.failures)
    if pause is None:
        return PinAnswer(tries_left=FREE_TRIES - guard.failures)
    guard.locked_until = now + pause
    if guard.failures == FREE_TRIES:
        _tell_owners(guard, now)
    guard.reported_at, guard.seen_at = now, None
    return PinAnswer(locked_until=guard.locked_until)


def _tell_owners(guard: PinGuard, now: datetime) -> None:
    """Leave a mail to every owner at the first lock; the notice under Needs you goes on counting."""
    names = (
        session()
        .execute(
            select(Device.name, Membership.name)
            .join(Membership, Membership.business_id == Device.business_id)
            .where(Device.id == guard.device_id, Membership.id == guard.membership_id)
        )
        .one()
    )
    context = {
        "deviceId": str(guard.device_id),
        "staffId": str(guard.membership_id),
        "since": now.isoformat(),
        "deviceName": names[0],
        "staffName": names[1],
    }
    key = MESSAGES["till_locked"].source_key(context)
    write_messages(NewMessage("till_locked", Recipient(user_id=owner), key or "", context) for owner in owner_ids())


def _guard(device_id: UUID, staff_id: UUID) -> PinGuard | None:
    """The counter under its lock, made at the first try; none for somebody who never worked here."""
    known = session().scalar(
        select(Membership.id).where(Membership.id == staff_id, Membership.business_id == current_business_id())
    )
    if known is None:
        return None
    key = {"business_id": current_business_id(), "device_id": device_id, "membership_id": staff_id}
    session().execute(insert(PinGuard).values(**key, failures=0).on_conflict_do_nothing())
    return session().get_one(
        PinGuard, (current_business_id(), device_id, staff_id), with_for_update=True, populate_existing=True
    )


def _person(staff_id: UUID) -> Membership | None:
    here = Membership.business_id == current_business_id()
    return (
        session()
        .scalars(select(Membership).where(Membership.id == staff_id, here, Membership.ended_at.is_(None)))
        .first()
    )
