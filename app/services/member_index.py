"""Keeps the words by which members are found in step with the members."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from typing import Any
from uuid import UUID

from sqlalchemy import delete

from app.core.bulk import insert_rows
from app.core.unit_of_work import session
from app.domain.member_words import words_of
from app.models.member_word import MemberWord

_FIELDS = ("name", "email", "phone", "code", "external_id")


def index_members(members: Iterable[Mapping[str, Any]]) -> None:
    """Write the words of new members, given as rows of the member table; one statement."""
    rows = [{"word": word, "member_id": member["id"]} for member in members for word in sorted(_words(member))]
    insert_rows(MemberWord, rows, on_conflict_do_nothing=True)


def reindex_member(member: Mapping[str, Any]) -> None:
    """Replace the words of one member whose row is locked."""
    reindex_members([member])


def reindex_members(members: Sequence[Mapping[str, Any]]) -> None:
    """Replace the words of members whose rows are locked; two statements."""
    if members:
        session().execute(delete(MemberWord).where(MemberWord.member_id.in_([member["id"] for member in members])))
        index_members(members)


def forget_member(member_id: UUID) -> None:
    """Take a member out of the search."""
    session().execute(delete(MemberWord).where(MemberWord.member_id == member_id))


def _words(member: Mapping[str, Any]) -> set[str]:
    return words_of(**{field: member.get(field) or "" for field in _FIELDS})
