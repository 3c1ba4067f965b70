"""Customers join by themselves: known or new, they are answered alike."""

from __future__ import annotations

from uuid import UUID

from sqlalchemy import select

from app.core import clock
from app.core.unit_of_work import session
from app.domain.actor import Actor
from app.domain.errors import ValidationErrors
from app.domain.member_ref import MemberRef
from app.models.member import Member
from app.queries.live_versions import live_versions
from app.services import audit
from app.services.consents import set_consent
from app.services.enrollment import enroll
from app.services.member_rows import insert_members, new_row
from app.services.portal_sign_in import ask_for_code


def join_by_contact(contact: MemberRef, *, words: str, referral_code: str = "", joined_at: str = "") -> UUID | None:
    """Make a member of an e-mail address or phone number, who takes part in every live program that enrolls by itself.

    Somebody who is a member already stays as they are: anybody could have typed their number. ``words`` is what they
    agreed to, ``joined_at`` the code of the poster that led here, for the audit log. An e-mail address is sent a code
    either way; returns its challenge, None for a phone number.
    Raises ValidationErrors for ``referral_code``.
    """
    column = Member.email if contact.email else Member.phone
    known = session().scalar(select(Member.id).where(column == contact.value, Member.erased_at.is_(None)))
    referrer = _referrer(referral_code)
    if known is None:
        _made(contact, referrer, words, joined_at)
    return ask_for_code(contact) if contact.email else None


def _made(contact: MemberRef, referrer: UUID | None, words: str, joined_at: str) -> None:
    """Insert the member; whoever was faster with the same number has made them."""
    row = new_row(**{contact.kind: contact.value}, referred_by=referrer)
    if not insert_members([row]):
        return
    actor = Actor("member", row["id"], "")
    audit.record(actor, "member.joined", ("member", row["id"]), None, {"by": contact.kind, "poster": joined_at})
    set_consent(row["id"], "card_mail", True, source="join", words=words)
    now = clock.now()
    for version in live_versions(now, now).at(now):
        if version.auto_enroll and not version.segments:
            enroll(row["id"], version.program_id, actor=actor)


def _referrer(code: str) -> UUID | None:
    if not code.strip():
        return None
    known = select(Member.id).where(Member.referral_code == code.strip().upper(), Member.erased_at.is_(None))
    referrer = session().scalar(known)
    if referrer is None:
        raise ValidationErrors({"referral_code": ["No member has this code. Check it, or leave it out"]})
    return referrer
