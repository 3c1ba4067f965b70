"""Reads tags: all of a business, and those of members."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection
from typing import Any
from uuid import UUID

from sqlalchemy import select

from app.core.unit_of_work import session
from app.models.tag import MemberTag, Tag


def tags() -> list[dict[str, Any]]:
    """Every tag {id, name}, by name."""
    rows = session().execute(select(Tag.id, Tag.name).order_by(Tag.folded))
    return [{"id": row.id, "name": row.name} for row in rows]


def tags_by_member(member_ids: Collection[UUID]) -> dict[UUID, list[dict[str, Any]]]:
    """The tags {id, name} of several members, by member; who bears none is absent."""
    rows = session().execute(
        select(MemberTag.member_id, Tag.id, Tag.name)
        .join(Tag, Tag.id == MemberTag.tag_id)
        .where(MemberTag.member_id.in_(member_ids))
        .order_by(Tag.folded)
    )
    found: dict[UUID, list[dict[str, Any]]] = defaultdict(list)
    for row in rows:
        found[row.member_id].append({"id": row.id, "name": row.name})
    return found
