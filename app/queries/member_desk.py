"""Reads what a business adds to a member: note, tags, own fields, and who else may be the same person."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Any
from uuid import UUID

from sqlalchemy import ColumnElement, and_, select, union

from app.core.unit_of_work import session
from app.models.member import Member
from app.models.member_merge import MemberMerge
from app.models.tag import MemberField
from app.queries.member_tags import tags_by_member

UNDO_MERGE_FOR = timedelta(days=30)
_MOST_ALIKE = 5


def desk_of(member_id: UUID, now: datetime) -> dict[str, Any]:
    """{note, tags, own [{label, value}], merge (the last one that can be undone) or None}; four statements."""
    member = session().execute(select(Member.note, Member.attributes).where(Member.id == member_id)).one()
    fields = session().execute(
        select(MemberField.key, MemberField.label).order_by(MemberField.position, MemberField.id)
    )
    own = [{"label": row.label, "value": member.attributes.get(row.key)} for row in fields]
    return {
        "note": member.note,
        "tags": tags_by_member([member_id]).get(member_id, []),
        "own": [each for each in own if each["value"] is not None],
        "merge": _last_merge(member_id, now),
    }


def merged_into(member_id: UUID) -> UUID | None:
    """Into whom a member was merged who is here no more."""
    return session().scalar(select(Member.merged_into).where(Member.id == member_id))


def alike(member: dict[str, Any]) -> list[dict[str, Any]]:
    """Members who look like the same person {id, name, why}: the same name and birthday, or the same name and no key
    that tells them apart. Each sign is looked up by its own index: an OR of them would walk every member."""
    signs = [select(Member.id).where(sign) for sign in _signs(member)]
    ids = list(session().scalars(union(*signs).limit(_MOST_ALIKE + 1))) if signs else []
    if set(ids) <= {member["id"]}:
        return []
    found = session().execute(
        select(Member.id, Member.name, Member.phone, Member.email, Member.code, Member.birthday, Member.joined_at)
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
    if member["externalId"] and member["externalId"].startswith("+"):
        signs.append(Member.phone == member["externalId"])
    return signs


def _why(member: dict[str, Any], other: Any) -> str:
    return "Same name and birthday" if other.name == member["name"] else "Same phone number"


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
