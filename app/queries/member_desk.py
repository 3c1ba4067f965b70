"""Reads what a business adds to a member: note, tags, own fields, and who else may be the same person."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Any
from uuid import UUID

from sqlalchemy import ColumnElement, and_, select, union

from app.core.unit_of_work import session
from app.domain.mailboxes import mailbox_of
from app.models.member import Member
from app.models.member_merge import MemberMerge
from app.models.tag import MemberField
from app.queries.member_tags import tags_by_member

UNDO_MERGE_FOR = timedelta(days=30)
_MOST_ALIKE = 5
_SHOWN_ALIKE = (
    Member.id,
    Member.name,
    Member.phone,
    Member.email,
    Member.code,
    Member.birthday,
    Member.joined_at,
    Member.external_id,
)


def desk_of(member_id: UUID, now: datetime) -> dict[str, Any]:
    """{note, is_confirmed (the e-mail), tags, own [{label, value}], merge (the last that can be undone) or None}; four
    statements."""
    columns = (Member.note, Member.attributes, (Member.confirmed_email == Member.email).label("is_confirmed"))
    member = session().execute(select(*columns).where(Member.id == member_id)).one()
    fields = session().execute(
        select(MemberField.key, MemberField.label).order_by(MemberField.position, MemberField.id)
    )
    own = [{"label": row.label, "value": member.attributes.get(row.key)} for row in fields]
    return {
        "note": member.note,
        "is_confirmed": bool(member.is_confirmed),
        "tags": tags_by_member([member_id]).get(member_id, []),
        "own": [each for each in own if each["value"] is not None],
        "merge": _last_merge(member_id, now),
    }


def merged_into(member_id: UUID) -> UUID | None:
    """Into whom a member was merged who is here no more."""
    return session().scalar(select(Member.merged_into).where(Member.id == member_id))


def alike(member: dict[str, Any]) -> list[dict[str, Any]]:
    """Members who look like the same person {id, name, why}: the same name and birthday, a phone number or an address
    that the other has as external id, or addresses that reach the same mailbox. Each sign is looked up by its own
    index: an OR of them would walk every member."""
    signs = [select(Member.id).where(sign) for sign in _signs(member)]
    ids = list(session().scalars(union(*signs).limit(_MOST_ALIKE + 1))) if signs else []
    if set(ids) <= {member["id"]}:
        return []
    found = session().execute(
        select(*_SHOWN_ALIKE)
        .where(Member.id.in_(ids), Member.id != member["id"], Member.erased_at.is_(None))
        .order_by(Member.joined_at)
        .limit(_MOST_ALIKE)
    )
    return [{**row._mapping, "why": _why(member, row)} for row in found]


def _signs(member: dict[str, Any]) -> list[ColumnElement[bool]]:
    signs: list[ColumnElement[bool]] = []
    if member["name"] and member["birthday"]:
        same_day = and_(Member.birth_month == member["birthday"].month, Member.birthday == member["birthday"])
        signs.append(and_(same_day, Member.name == member["name"]))
    if member["phone"]:
        signs.append(Member.external_id == member["phone"])
    if member["externalId"]:
        known_as = member["externalId"].strip().lower()
        signs += [Member.phone == known_as, Member.email == known_as]
    if member["email"]:
        signs += [Member.external_id == member["email"], *_same_mailbox(member["email"])]
    return signs


def _same_mailbox(email: str) -> list[ColumnElement[bool]]:
    """The plain address, and those with a tag after a plus, which lie together in the index."""
    plain = mailbox_of(email)
    name, _, host = plain.partition("@")
    is_there = Member.email.endswith(f"@{host}", autoescape=True)
    return [Member.email == plain, and_(Member.email >= f"{name}+", Member.email < f"{name},", is_there)]


def _why(member: dict[str, Any], other: Any) -> str:
    if member["email"] and other.email and mailbox_of(member["email"]) == mailbox_of(other.email):
        return "Same e-mail address"
    if member["birthday"] and (member["name"], member["birthday"]) == (other.name, other.birthday):
        return "Same name and birthday"
    ids = {key.strip().lower() for key in (member["externalId"], other.external_id) if key}
    return "Same e-mail address" if ids & {member["email"], other.email} else "Same phone number"


def _last_merge(member_id: UUID, now: datetime) -> dict[str, Any] | None:
    wanted = (
        select(MemberMerge.id, MemberMerge.merged_at, MemberMerge.before)
        .where(
            MemberMerge.into_member_id == member_id,
            MemberMerge.undone_at.is_(None),
            MemberMerge.merged_at > now - UNDO_MERGE_FOR,
        )
        .order_by(MemberMerge.merged_at.desc())
        .limit(1)
    )
    row = session().execute(wanted).one_or_none()
    if row is None or not row.before:
        return None
    return {
        "id": row.id,
        "at": row.merged_at,
        "name": row.before["from"]["name"],
        "until": row.merged_at + UNDO_MERGE_FOR,
    }
