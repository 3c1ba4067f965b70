"""Erases what is personal about a member and keeps the anonymous ledger."""

from __future__ import annotations

from uuid import UUID

from sqlalchemy import delete, select, update

from app.core import clock
from app.core.unit_of_work import session
from app.domain.actor import Actor
from app.models.ledger import EntryNote, LedgerEntry
from app.models.message import Message
from app.services import audit
from app.services.member_index import forget_member
from app.services.members import locked_member
from app.services.portal_sign_in import end_sessions_of
from app.services.push import forget_devices


def erase_member(member_id: UUID, *, actor: Actor) -> None:
    """Blank the member, their notes and their messages. Locks the member; raises NotFound.

    Purchases and entries keep an id that leads to nobody; who is erased cannot be found, named or made to earn again.
    """
    member = locked_member(member_id)
    member.name, member.attributes = "", {}
    member.email = member.phone = member.birthday = member.external_id = member.private_multiplier = None
    member.status, member.erased_at = "expired", clock.now()
    member.version += 1
    forget_member(member_id)
    entries = select(LedgerEntry.id).where(LedgerEntry.member_id == member_id)
    session().execute(delete(EntryNote).where(EntryNote.entry_id.in_(entries)))
    session().execute(update(Message).where(Message.member_id == member_id).values(context={}))
    end_sessions_of(member_id, "erased")
    forget_devices(member_id)
    audit.record(actor, "member.erased", ("member", member_id))
