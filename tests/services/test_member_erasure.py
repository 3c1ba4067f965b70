"""What erasing a member leaves: an anonymous ledger, and nothing that is personal."""

from __future__ import annotations

from uuid import UUID

from sqlalchemy import select

from app.core import clock
from app.core.ids import new_id
from app.core.unit_of_work import session, unit_of_work
from app.models.member import Member
from app.models.member_word import MemberWord
from app.models.message import Message
from app.services.member_erasure import erase_member
from app.services.members import create_member
from tests.factories.businesses import Shop
from tests.factories.programs import owner_of

CLEO = {"name": "Cleo Ray", "phone": "0501234567", "email": "cleo@example.com", "metadata": {"dog": "Rex"}}


def test_nothing_personal_is_left_and_the_row_stays(cafe: Shop) -> None:
    member_id = made(cafe)
    with unit_of_work(cafe.id) as current:
        context = {"name": "Cleo"}
        message = {"kind": "welcome", "source_key": "1", "context": context, "created_at": clock.now()}
        current.add(Message(id=new_id(), member_id=member_id, **message))
    with unit_of_work(cafe.id):
        erase_member(member_id, actor=owner_of(cafe))
    with unit_of_work(cafe.id):
        member = session().scalars(select(Member).where(Member.id == member_id)).one()
        personal = (member.name, member.email, member.phone, member.birthday, member.external_id, member.attributes)
        assert personal == ("", None, None, None, None, {})
        assert member.erased_at is not None
        assert list(session().scalars(select(MemberWord.word).where(MemberWord.member_id == member_id))) == []
        assert session().scalars(select(Message.context).where(Message.member_id == member_id)).one() == {}


def made(shop: Shop) -> UUID:
    with unit_of_work(shop.id):
        return create_member(CLEO, actor=owner_of(shop))
