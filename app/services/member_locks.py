"""Locks members for who settles, keeps or moves what is theirs: the lock is the claim, and nobody waits for one."""

from __future__ import annotations

from collections.abc import Collection
from uuid import UUID

from sqlalchemy import ColumnElement, bindparam, select

from app.core.hot_statements import fetch
from app.core.unit_of_work import session
from app.models.member import Member
from app.queries.statements import among

LOCKED = select(Member.id).limit(bindparam("limit")).with_for_update(skip_locked=True, key_share=True, of=Member)
"""Up to ``limit`` members under their locks, without those that are locked elsewhere.

FOR NO KEY UPDATE: purchases go on being recorded for a member who is being settled.
"""
_LOCKED_BY_ID = LOCKED.where(among(Member.id, "ids"))


def lock_members(wanted: ColumnElement[bool], limit: int) -> list[UUID]:
    """Lock up to ``limit`` of the members that a condition names, passing over those that are locked elsewhere."""
    return list(session().scalars(LOCKED.where(wanted), {"limit": limit}))


def lock_members_by_id(ids: Collection[UUID], limit: int | None = None) -> list[UUID]:
    """Lock these members the same way, or up to ``limit`` of them."""
    return [row.id for row in fetch(_LOCKED_BY_ID, {"ids": list(ids), "limit": limit or len(ids)})] if ids else []
