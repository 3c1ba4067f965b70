"""Invitations to work for a business: sent by mail, good for seven days and one acceptance."""

from __future__ import annotations

from datetime import timedelta
from typing import Any
from uuid import UUID

from sqlalchemy import func, select

from app.core import clock
from app.core.ids import new_id
from app.core.invitation_links import InvitationLink, read_invitation
from app.core.tenancy import current_business_id
from app.core.unit_of_work import session
from app.domain.actor import Actor
from app.domain.errors import Conflict, NotFound, ValidationErrors
from app.domain.message_registry import MESSAGES
from app.models.invitation import Invitation
from app.models.membership import Membership
from app.models.user import UserAccount
from app.queries.businesses import zone
from app.services import audit, sessions
from app.services.messages import Recipient, write_message
from app.services.staff import add_staff

LIFETIME = timedelta(days=7)

_MOST_MAILS = 20
_KIND = "staff_invitation"


def invite_staff(email: str, name: str, role: str, actor: Actor) -> UUID:
    """Invite somebody by mail and return the invitation's id.

    Conflict `already_staff` when they work here, `already_invited` when an invitation to this address is open.
    """
    if _works_here(email):
        raise Conflict("already_staff", "This person works here already")
    if session().scalar(_open().with_only_columns(Invitation.id).where(_is_to(email))):
        raise Conflict("already_invited", "This person has an invitation already. Send it again from the list.")
    now = clock.now()
    invitation = Invitation(
        id=new_id(),
        email=email,
        name=name,
        role=role,
        edition=0,
        invited_by=actor.id,
        invited_by_name=actor.name,
        created_at=now,
    )
    _send(invitation)
    session().add(invitation)
    after = {"email": email, "name": name, "role": role}
    audit.record(actor, "invitation.sent", ("invitation", invitation.id), after=after)
    return invitation.id


def resend_invitation(invitation_id: UUID, actor: Actor) -> None:
    """Send an open invitation again, over or not, for seven more days; the links of earlier mails open no more.

    Conflict `too_many_mails` after twenty: nobody is pestered through us.
    """
    invitation = _locked(invitation_id)
    if invitation.edition >= _MOST_MAILS:
        raise Conflict("too_many_mails", "This invitation was sent often enough. Revoke it and ask the person.")
    _send(invitation)
    audit.record(actor, "invitation.resent", ("invitation", invitation.id), after={"email": invitation.email})


def revoke_invitation(invitation_id: UUID, actor: Actor) -> None:
    """Take an open invitation back: its link opens no more."""
    invitation = _locked(invitation_id)
    invitation.revoked_at = clock.now()
    audit.record(actor, "invitation.revoked", ("invitation", invitation.id), before={"email": invitation.email})


def invitation_behind(token: str) -> dict[str, Any] | None:
    """Return {id, email, name, role, invitedBy, hasAccount} of a link that may be accepted now, else None."""
    found = _behind(token)
    if found is None:
        return None
    return {
        "id": found.id,
        "email": found.email,
        "name": found.name,
        "role": found.role,
        "invitedBy": found.invited_by_name,
        "hasAccount": _account(found.email) is not None,
    }


def accept_invitation(token: str, name: str, password: str) -> tuple[UUID, str]:
    """Take the invited person on and return (user id, role); locks the invitation, so that a link works once.

    The password is a new one for a new account; whoever has an account proves it by their own (ValidationErrors under
    `password`). NotFound for a link that opens no more.
    """
    invitation = _behind(token, is_locked=True)
    if invitation is None:
        raise NotFound
    known = _account(invitation.email)
    if known is not None and sessions.authenticate(invitation.email, password) is None:
        raise ValidationErrors({"password": ["This is not the password of your account"]})
    invitation.accepted_at = clock.now()
    inviter = Actor("user", invitation.invited_by, invitation.invited_by_name)
    if not _works_here(invitation.email):
        add_staff(name, invitation.email, invitation.role, password, None, inviter)
    user_id = _account(invitation.email)
    assert user_id is not None
    actor = Actor("user", user_id, name)
    audit.record(actor, "invitation.accepted", ("invitation", invitation.id), after={"email": invitation.email})
    return user_id, invitation.role


def _send(invitation: Invitation) -> None:
    """Put the next mail of an invitation into the queue, in this transaction."""
    now = clock.now()
    invitation.edition += 1
    invitation.sent_at, invitation.expires_at = now, now + LIFETIME
    last_day = (invitation.expires_at - timedelta(microseconds=1)).astimezone(zone()).date()
    context = {
        "invitationId": str(invitation.id),
        "edition": invitation.edition,
        "name": invitation.name,
        "role": invitation.role,
        "invitedBy": invitation.invited_by_name,
        "lastDay": last_day.isoformat(),
    }
    key = str(MESSAGES[_KIND].source_key(context))
    write_message(_KIND, Recipient(address=invitation.email), key, context)


def _behind(token: str, *, is_locked: bool = False) -> Invitation | None:
    link: InvitationLink | None = read_invitation(current_business_id(), token)
    if link is None:
        return None
    query = _open().where(Invitation.id == link.invitation_id, Invitation.edition == link.edition)
    query = query.where(Invitation.expires_at > clock.now())
    found: Invitation | None = session().scalars(query.with_for_update() if is_locked else query).first()
    return found


def _locked(invitation_id: UUID) -> Invitation:
    found: Invitation | None = (
        session().scalars(_open().where(Invitation.id == invitation_id).with_for_update()).first()
    )
    if found is None:
        raise NotFound
    return found


def _open() -> Any:
    return select(Invitation).where(Invitation.accepted_at.is_(None), Invitation.revoked_at.is_(None))


def _is_to(email: str) -> Any:
    return func.lower(Invitation.email) == email.lower()


def _account(email: str) -> UUID | None:
    return session().scalar(select(UserAccount.id).where(func.lower(UserAccount.email) == email.lower()))


def _works_here(email: str) -> bool:
    query = (
        select(Membership.id)
        .join(UserAccount, UserAccount.id == Membership.user_id)
        .where(Membership.business_id == current_business_id(), Membership.ended_at.is_(None))
        .where(func.lower(UserAccount.email) == email.lower())
    )
    return session().scalar(query) is not None
