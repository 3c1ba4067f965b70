"""Makes, changes and finds members; keys are kept in their normal form and are unique in a business."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, Literal
from uuid import UUID

from sqlalchemy import select
from sqlalchemy.exc import IntegrityError

from app.adapters import phones
from app.core import clock
from app.core.unit_of_work import session
from app.domain.actor import Actor
from app.domain.body import parsed
from app.domain.errors import Conflict, NotFound, PreconditionFailed, ValidationErrors
from app.domain.member_body import MemberChanges, NewMember, StatusChange
from app.models.member import Member
from app.services import audit
from app.services.member_index import reindex_member
from app.services.member_keys import home_country, refuse_taken
from app.services.member_rows import insert_members, new_row

_COLUMNS = {"metadata": "attributes"}


def create_member(body: Mapping[str, Any], *, actor: Actor) -> UUID:
    """Make a member from the body of POST /members; returns the id.

    Raises ValidationErrors, or Conflict ``member_exists`` naming who has the e-mail address, phone or external id.
    """
    values = parsed(NewMember, body, _context()).model_dump(exclude_unset=True)
    referrer = _referrer(values.pop("referral_code", None))
    row = new_row(**values, referred_by=referrer)
    if not insert_members([row]):
        refuse_taken(row)
    audit.record(actor, "member.created", ("member", row["id"]), None, {"fields": sorted(values)})
    return UUID(str(row["id"]))


def update_member(member_id: UUID, body: Mapping[str, Any], *, actor: Actor, if_match: int | None = None) -> None:
    """Change what the body names and nothing else. Locks the member.

    Raises NotFound, PreconditionFailed (the member has moved on from ``if_match``), ValidationErrors or Conflict
    ``member_exists``. The audit log keeps the names of the changed fields alone: values are personal.
    """
    member = locked_member(member_id)
    if if_match is not None and if_match != member.version:
        raise PreconditionFailed
    values = parsed(MemberChanges, body, _context()).model_dump(exclude_unset=True)
    changed = {key: value for key, value in values.items() if getattr(member, _COLUMNS.get(key, key)) != value}
    if not changed:
        return
    refuse_taken(changed, besides=member_id)
    _write(member, changed)
    reindex_member({field: getattr(member, field) for field in ("id", "name", "email", "phone", "code", "external_id")})
    audit.record(actor, "member.updated", ("member", member_id), None, {"fields": sorted(changed)})


def set_member_status(member_id: UUID, body: Mapping[str, Any], *, actor: Actor) -> None:
    """Set active, inactive, suspended or expired; a suspended or expired member earns nothing (RULES 2)."""
    status = parsed(StatusChange, body).status
    member = locked_member(member_id)
    if member.status == status:
        return
    change = {"status": member.status}, {"status": status}
    audit.record(actor, "member.status_changed", ("member", member_id), *change)
    member.status = status
    member.version += 1


def note_looked(member_id: UUID, at: Literal["contact_shown", "exported"], *, actor: Actor) -> None:
    """Keep in the audit log that somebody saw a member's phone and e-mail address, or all the data. Raises NotFound."""
    if session().scalar(select(Member.id).where(Member.id == member_id, Member.erased_at.is_(None))) is None:
        raise NotFound("member")
    audit.record(actor, f"member.{at}", ("member", member_id))


def locked_member(member_id: UUID) -> Member:
    """The member under the row lock that also orders the settling of their purchases, or NotFound."""
    found = select(Member).where(Member.id == member_id, Member.erased_at.is_(None)).with_for_update()
    member = session().scalars(found.execution_options(populate_existing=True)).one_or_none()
    if member is None:
        raise NotFound("member")
    return member


def _context() -> dict[str, Any]:
    country = home_country()
    return {"e164": lambda text: phones.e164(text, country), "today": clock.now().date()}


def _referrer(referral_code: str | None) -> UUID | None:
    if referral_code is None:
        return None
    known = select(Member.id).where(Member.referral_code == referral_code.upper(), Member.erased_at.is_(None))
    referrer = session().scalar(known)
    if referrer is None:
        raise ValidationErrors({"referralCode": ["No member has this referral code"]})
    return referrer


def _write(member: Member, values: Mapping[str, Any]) -> None:
    """Write now; a key that somebody took in the meantime is told like one taken before."""
    try:
        with session().begin_nested():
            for key, value in values.items():
                setattr(member, _COLUMNS.get(key, key), value)
            if "birthday" in values:
                member.birthday_set_at = clock.now()
            member.version += 1
            session().flush()
    except IntegrityError as error:
        refuse_taken(values, besides=member.id)
        raise Conflict("member_exists", "Another member has one of these keys") from error
