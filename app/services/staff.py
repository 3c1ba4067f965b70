"""The people who work for a business: their roles, and the PINs of the till."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any
from uuid import UUID

from sqlalchemy import func, select

from app.core import cache, clock
from app.core.ids import new_id, token
from app.core.passwords import hash_password, hash_pin
from app.core.tenancy import current_business_id
from app.core.unit_of_work import after_commit, session
from app.domain.actor import Actor
from app.domain.errors import Conflict, NotFound, PreconditionFailed
from app.models.membership import Membership
from app.models.user import UserAccount
from app.models.user_session import UserSession
from app.services import audit, sessions


def add_staff(name: str, email: str, role: str, password: str | None, pin: str | None, actor: Actor) -> UUID:
    """Take somebody on and return the membership's id.

    The first password counts only when the account is new, and nothing in the answer tells whether it was. Somebody
    who left comes back to the same membership. Conflict `already_staff` when they work here.
    """
    user_id = _account(name, email, password)
    membership = session().scalars(_mine().where(Membership.user_id == user_id)).first()
    if membership is not None and membership.ended_at is None:
        raise Conflict("already_staff", "This person works here already")
    if membership is None:
        membership = Membership(id=new_id(), business_id=current_business_id(), user_id=user_id, created_at=clock.now())
        session().add(membership)
    membership.name, membership.role, membership.ended_at = name, role, None
    membership.pin_hash = hash_pin(pin) if pin else None
    audit.record(actor, "staff.added", ("staff", membership.id), after={"name": name, "role": role})
    return membership.id


def update_staff(staff_id: UUID, changes: Mapping[str, Any], actor: Actor, if_match: int | None = None) -> None:
    """Change name, role or PIN. A new role or PIN ends the person's API sessions here; pages look the role up.

    A new PIN also ends their sign-ins at tills. PreconditionFailed when their version is not ``if_match``.
    """
    membership = _membership(staff_id)
    if if_match is not None and if_match != membership.version:
        raise PreconditionFailed
    before = {"name": membership.name, "role": membership.role}
    if changes.get("role", "owner") != "owner":
        _keep_an_owner(membership)
    for name in ("name", "role"):
        if name in changes:
            setattr(membership, name, changes[name])
    if "pin" in changes:
        membership.pin_hash = hash_pin(changes["pin"]) if changes["pin"] else None
        sessions.end_till_sessions_of(membership.user_id, current_business_id(), "PIN changed")
    if "role" in changes or "pin" in changes:
        _forget_remembered(membership)
    after = {"name": membership.name, "role": membership.role} | ({"pin": "changed"} if "pin" in changes else {})
    audit.record(actor, "staff.changed", ("staff", membership.id), before, after)


def remove_staff(staff_id: UUID, actor: Actor) -> None:
    """Let somebody go: their sessions end now. Conflict `last_owner` when nobody could run the business."""
    membership = _membership(staff_id)
    _keep_an_owner(membership)
    membership.ended_at = clock.now()
    sessions.end_sessions_of(membership.user_id, "no longer staff", current_business_id())
    before = {"name": membership.name, "role": membership.role}
    audit.record(actor, "staff.removed", ("staff", membership.id), before=before)


def _account(name: str, email: str, password: str | None) -> UUID:
    """Return the id of the account with this e-mail, made now if there is none."""
    email = email.strip()
    known = session().scalar(select(UserAccount.id).where(func.lower(UserAccount.email) == email.lower()))
    password_hash = hash_password(password or token())
    if known is not None:
        return known
    user = UserAccount(id=new_id(), email=email, password_hash=password_hash, name=name, created_at=clock.now())
    session().add(user)
    session().flush()
    return user.id


def _mine() -> Any:
    return select(Membership).where(Membership.business_id == current_business_id())


def _membership(staff_id: UUID) -> Membership:
    found: Membership | None = (
        session()
        .scalars(_mine().where(Membership.id == staff_id, Membership.ended_at.is_(None)).with_for_update())
        .first()
    )
    if found is None:
        raise NotFound
    return found


def _keep_an_owner(leaving: Membership) -> None:
    """Lock the owners' memberships and refuse to lose the last one."""
    owners = session().scalars(
        _mine().where(Membership.role == "owner", Membership.ended_at.is_(None)).with_for_update()
    )
    if [owner.id for owner in owners] == [leaving.id]:
        raise Conflict("last_owner", "A business needs an owner: make somebody else owner first")


def _forget_remembered(membership: Membership) -> None:
    """Delete the callers remembered for the person's API sessions in this business, once the change is committed."""
    business_id = membership.business_id
    ids = session().scalars(
        select(UserSession.id).where(
            UserSession.user_id == membership.user_id,
            UserSession.business_id == business_id,
            UserSession.revoked_at.is_(None),
        )
    )
    keys = [f"session:{session_id}" for session_id in ids]
    if keys:
        after_commit(lambda: cache.delete(business_id, *keys))
