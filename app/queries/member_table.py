"""Reads members as rows of a spreadsheet: the columns that an import reads, and some that only inform."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any
from uuid import UUID

from sqlalchemy import select

from app.core import clock
from app.core.unit_of_work import session
from app.domain.member_file import FIELDS
from app.models.member import Member
from app.models.tag import MemberField
from app.queries.enrollments import enrollments_by_member
from app.queries.member_search import MemberFilter, conditions
from app.queries.member_tags import tags_by_member

_READ_BACK = tuple(field for field in FIELDS if field not in ("first_name", "last_name"))
_COLUMNS = (
    Member.id,
    Member.name,
    Member.phone,
    Member.email,
    Member.birthday,
    Member.external_id,
    Member.code,
    Member.note,
    Member.attributes,
    Member.status,
    Member.joined_at,
    Member.last_purchase_at,
)
_TOLD = ("Status", "Tier", "Joined", "Last visit")


def table_header() -> list[str]:
    """The columns: those of an import, the business's own fields, and what is told besides."""
    own = [label for _, label in _own()]
    return [*(FIELDS[field] for field in _READ_BACK), *own, *_TOLD]


def table_rows(
    wanted: MemberFilter, program_id: UUID | None, *, after: UUID | None = None, limit: int
) -> tuple[list[list[Any]], UUID | None]:
    """Rows of members who match, by their ids from one on, and the last id (None: there are no more).

    ``program_id`` is whose points stand under Points. Texts are texts and numbers numbers; a fixed number of
    statements. The private multiplier is in no column (RULES 6).
    """
    matches = [Member.erased_at.is_(None), *conditions(wanted, clock.now())]
    if after is not None:
        matches.append(Member.id > after)
    members = session().execute(select(*_COLUMNS).where(*matches).order_by(Member.id).limit(limit)).all()
    ids = [member.id for member in members]
    tags, held, own = tags_by_member(ids), enrollments_by_member(ids), [key for key, _ in _own()]
    rows = [_row(member, tags.get(member.id, []), held.get(member.id, []), program_id, own) for member in members]
    return rows, ids[-1] if len(ids) == limit else None


def _own() -> list[tuple[str, str]]:
    rows = session().execute(select(MemberField.key, MemberField.label).order_by(MemberField.position, MemberField.id))
    return [(row.key, row.label) for row in rows]


def _row(
    member: Any,
    tags: Sequence[dict[str, Any]],
    held: Sequence[dict[str, Any]],
    program_id: UUID | None,
    own: Sequence[str],
) -> list[Any]:
    points = next((each["balance"] for each in held if each["programId"] == program_id), None)
    said = {
        "name": member.name,
        "phone": member.phone,
        "email": member.email,
        "birthday": member.birthday,
        "external_id": member.external_id,
        "code": member.code,
        "tags": ", ".join(tag["name"] for tag in tags),
        "note": member.note,
        "points": points,
    }
    tier = next((each["tier"] for each in held if each["tier"]), None)
    days = [member.joined_at.date(), member.last_purchase_at and member.last_purchase_at.date()]
    cells = [*(said[field] for field in _READ_BACK), *(member.attributes.get(key) for key in own)]
    return ["" if cell is None else cell for cell in (*cells, member.status, tier, *days)]
