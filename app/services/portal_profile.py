"""What members change about themselves: name, birthday once a year, and contacts that prove themselves by a code."""

from __future__ import annotations

from datetime import date, timedelta
from typing import Any
from uuid import UUID

from sqlalchemy import select, update

from app.core import clock
from app.core.unit_of_work import session
from app.domain.actor import Actor
from app.domain.errors import Conflict, ValidationErrors
from app.domain.member_ref import MemberRef
from app.models.member import Member
from app.services.members import update_member
from app.services.portal_sign_in import answered, challenge

BIRTHDAY_EVERY = timedelta(days=365)


def change_details(member_id: UUID, *, name: str, birthday: date | None, actor: Actor) -> None:
    """Change name and birthday. Raises ValidationErrors.

    A birthday that was entered can be changed again a year later: it is worth a bonus (PRODUCT 13).
    """
    member = session().scalars(select(Member).where(Member.id == member_id, Member.erased_at.is_(None))).one()
    body: dict[str, Any] = {"name": name} if name != member.name else {}
    if birthday != member.birthday:
        _refuse_early(member)
        body["birthday"] = birthday.isoformat() if birthday else None
    if body:
        update_member(member_id, body, actor=actor)


def ask_contact_change(member_id: UUID, contact: MemberRef) -> UUID:
    """Have a code sent that confirms a new contact: to the new e-mail address itself, for a number to the known one.

    Says nothing about who has it already. Returns the challenge; raises ValidationErrors for ``contact``.
    """
    member = session().scalars(select(Member).where(Member.id == member_id, Member.erased_at.is_(None))).one()
    if contact.phone and not member.email:
        raise ValidationErrors({"contact": ["Add an e-mail address first: the code goes there"]})
    if contact.value == getattr(member, contact.kind):
        raise ValidationErrors({"contact": ["This stands on your card already"]})
    return challenge("", member_id=member_id, change={contact.kind: contact.value})


def confirm_contact_change(member_id: UUID, challenge_id: UUID, code: str, *, actor: Actor) -> bool:
    """Make the change that a code confirms; False when the code is wrong or over. Counts a try.

    Raises Conflict ``contact_not_free`` when somebody else has the contact.
    """
    row = answered(challenge_id, code)
    if row is None or row.change is None or row.member_id != member_id:
        return False
    try:
        update_member(member_id, row.change, actor=actor)
        if "email" in row.change:
            session().execute(update(Member).where(Member.id == member_id).values(confirmed_email=row.change["email"]))
    except Conflict as error:
        raise Conflict("contact_not_free", "This cannot be added here. Ask the staff") from error
    return True


def _refuse_early(member: Member) -> None:
    """A birthday can be entered at any time, and changed a year after that."""
    if member.birthday is None or member.birthday_set_at is None:
        return
    again = member.birthday_set_at + BIRTHDAY_EVERY
    if clock.now() < again:
        raise ValidationErrors({"birthday": [f"You can change your birthday again on {again.day} {again:%B %Y}"]})
