"""Erases what is personal about a member and keeps the anonymous ledger."""

from __future__ import annotations

from collections.abc import Sequence
from uuid import UUID

from sqlalchemy import Text, cast, delete, or_, select, update

from app.core import clock
from app.core.unit_of_work import session
from app.domain.actor import Actor
from app.models.ledger import EntryNote, LedgerEntry
from app.models.member import Member
from app.models.member_import import MemberImportRow
from app.models.member_merge import MemberMerge
from app.models.member_word import MemberWord
from app.models.message import Message
from app.models.redemption import Redemption
from app.models.tag import MemberTag
from app.services import audit
from app.services.members import locked_member
from app.services.portal_sign_in import forget_sign_ins
from app.services.push import forget_devices


def erase_member(member_id: UUID, *, actor: Actor) -> None:
    """Blank the member, their notes and their messages. Locks the member; raises NotFound.

    Purchases and entries keep an id that leads to nobody; who is erased cannot be found, named or made to earn again.
    """
    blank_member(locked_member(member_id))
    forget_sign_ins(member_id)
    forget_devices(member_id)
    former = session().scalars(select(Member.id).where(Member.merged_into == member_id))
    forget_members([member_id, *former])
    audit.record(actor, "member.erased", ("member", member_id))


def blank_member(member: Member) -> None:
    """Take everything personal off the row of a member, which is locked."""
    member.name, member.note, member.attributes = "", "", {}
    member.email = member.phone = member.birthday = member.external_id = member.private_multiplier = None
    member.status, member.erased_at = "expired", clock.now()
    member.version += 1


def forget_members(ids: Sequence[UUID]) -> None:
    """Delete or blank what other tables keep of people; a fixed number of statements."""
    entries = select(LedgerEntry.id).where(LedgerEntry.member_id.in_(ids))
    imported = update(MemberImportRow).where(MemberImportRow.member_id.in_(ids))
    is_theirs = or_(MemberMerge.from_member_id.in_(ids), MemberMerge.into_member_id.in_(ids))
    redeemed = Redemption.member_id.in_(ids)
    told = select(cast(Redemption.id, Text)).where(redeemed)
    for statement in (
        update(Redemption).where(redeemed).values(shipping_address=None, notes=""),
        update(Message).where(Message.kind == "redemption_requested", Message.source_key.in_(told)).values(context={}),
        update(Member).where(Member.id.in_(ids)).values(confirmed_email=None),
        delete(MemberWord).where(MemberWord.member_id.in_(ids)),
        delete(EntryNote).where(EntryNote.entry_id.in_(entries)),
        update(Message).where(Message.member_id.in_(ids)).values(context={}),
        delete(MemberTag).where(MemberTag.member_id.in_(ids)),
        imported.values(cells=[], before=None),
        update(MemberMerge).where(is_theirs).values(before={}),
    ):
        session().execute(statement, execution_options={"synchronize_session": False})
