"""Reads the list of members for the pages: who matches, what they hold and spent, and what the filters offer."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any
from uuid import UUID

from sqlalchemy import ColumnElement, Text, func, literal, null, select, union_all
from sqlalchemy.dialects.postgresql import aggregate_order_by

from app.adapters.phones import country_guess, example
from app.core import clock
from app.core.tenancy import current_business_id
from app.core.unit_of_work import session
from app.models.business import Business
from app.models.member import Member
from app.models.program import Program
from app.models.purchase import Purchase
from app.models.tag import MemberTag, Tag
from app.queries.enrollments import enrollments_by_member
from app.queries.live_versions import newest_versions
from app.queries.member_search import MemberFilter, conditions
from app.queries.paging import Slice, older_than, slice_of

MOST_COUNTED = 10_000
"""Beyond so many the list says "more than"."""


@dataclass(frozen=True, slots=True)
class ListPage:
    """One page: rows with ``enrollments`` and ``tags``, how many match in all (at most MOST_COUNTED + 1, else None)."""

    members: Slice
    total: int | None
    names: dict[str, str]


def members_page(wanted: MemberFilter, *, cursor: str | None = None, limit: int = 20) -> ListPage:
    """The newest members who match; three statements once the programs' versions are known.

    Each row is a member with ``spent`` (minor units), ``tags`` [text] and ``enrollments``. The total comes with the
    first page; ``names`` are those of the program and the tag that the filter asks for. Raises UnknownCursor.
    """
    matches = [Member.erased_at.is_(None), *conditions(wanted, clock.now())]
    rows = (
        session()
        .execute(
            select(*_COLUMNS, _spent(), _tags(), _total(matches, is_first=cursor is None), *_names(wanted))
            .where(*matches, older_than(Member.joined_at, Member.id, cursor))
            .order_by(Member.joined_at.desc(), Member.id.desc())
            .limit(limit + 1)
        )
        .all()
    )
    found = slice_of([_row(row) for row in rows], limit, at="joinedAt")
    held = enrollments_by_member([row["id"] for row in found.rows]) if rows else {}
    for row in found.rows:
        row["enrollments"] = held.get(row["id"], [])
    names = {"program": rows[0].program_name, "tag": rows[0].tag_name} if rows else {}
    total = rows[0].total if rows else (0 if cursor is None else None)
    return ListPage(found, total, {key: name for key, name in names.items() if name})


def matching_ids(wanted: MemberFilter, limit: int) -> list[UUID]:
    """Who matches, the newest first, up to a limit: for what is done to all of them."""
    matches = [Member.erased_at.is_(None), *conditions(wanted, clock.now())]
    newest = select(Member.id).where(*matches).order_by(Member.joined_at.desc(), Member.id.desc()).limit(limit)
    return list(session().scalars(newest))


def count_matching(wanted: MemberFilter) -> int:
    """How many match."""
    matches = [Member.erased_at.is_(None), *conditions(wanted, clock.now())]
    return session().scalar(select(func.count()).select_from(Member).where(*matches)) or 0


def filter_choices() -> dict[str, list[tuple[str, str]]]:
    """What the filters offer beyond fixed words: programs and tags as (id, name), tiers as (name, name)."""
    offered = union_all(
        select(literal("program").label("kind"), Program.id.label("id"), Program.name.label("name")).where(
            Program.deleted_at.is_(None), Program.state != "draft"
        ),
        select(literal("tag"), Tag.id, Tag.name),
    ).subquery()
    found: dict[str, list[tuple[str, str]]] = {"program": [], "tag": []}
    for row in session().execute(select(offered).order_by(offered.c.kind, func.lower(offered.c.name)).limit(500)):
        found[row.kind].append((str(row.id), row.name))
    return found | {"tier": [(name, name) for name in _tiers()]}


def _tiers() -> list[str]:
    """The tiers of every program that has some, the lowest first."""
    tiered = select(Program.id).where(Program.rule_type == "TIER_BASED", Program.deleted_at.is_(None))
    versions = newest_versions(session().scalars(tiered.order_by(Program.created_at)))
    configs: list[Any] = [version.config for version in versions.values()]
    return list(dict.fromkeys(tier.name for config in configs for tier in config.tiers))


def lately_here(limit: int = 5) -> list[UUID]:
    """Who bought something last, the latest first; the beginning of an index."""
    latest = (
        select(Member.id)
        .where(Member.last_purchase_at.is_not(None), Member.erased_at.is_(None))
        .order_by(Member.last_purchase_at.desc())
        .limit(limit)
    )
    return list(session().scalars(latest))


def phone_example() -> str:
    """A phone number as people of this business's country write theirs."""
    business = session().get_one(Business, current_business_id())
    return example(country_guess(business.timezone, business.currency))


_COLUMNS = (
    Member.id,
    Member.name,
    Member.phone,
    Member.code,
    Member.status,
    Member.joined_at,
    Member.last_purchase_at,
)


def _row(row: Any) -> dict[str, Any]:
    return {
        "id": row.id,
        "name": row.name,
        "phone": row.phone,
        "code": row.code,
        "status": row.status,
        "joinedAt": row.joined_at,
        "lastPurchaseAt": row.last_purchase_at,
        "spent": int(row.spent),
        "tags": row.tags or [],
    }


def _spent() -> ColumnElement[Any]:
    """What a member has spent in all, less what was given back; by their index."""
    left = func.sum(Purchase.amount_minor - Purchase.refunded_minor)
    mine = (Purchase.member_id == Member.id, Purchase.business_id == Member.business_id)
    return func.coalesce(
        select(left).where(*mine, Purchase.status == "completed").correlate(Member).scalar_subquery(), 0
    ).label("spent")


def _tags() -> ColumnElement[Any]:
    mine = (MemberTag.member_id == Member.id, MemberTag.business_id == Member.business_id)
    names = func.array_agg(aggregate_order_by(Tag.name, Tag.folded))
    joined = (Tag.id == MemberTag.tag_id, Tag.business_id == MemberTag.business_id)
    return select(names).where(*mine, *joined).correlate(Member).scalar_subquery().label("tags")


def _total(matches: list[ColumnElement[bool]], *, is_first: bool) -> ColumnElement[Any]:
    """How many match, counted up to a limit, once."""
    if not is_first:
        return null().label("total")
    some = select(literal(1)).select_from(Member).where(*matches).limit(MOST_COUNTED + 1).correlate(None).subquery()
    return select(func.count()).select_from(some).correlate(None).scalar_subquery().label("total")


def _names(wanted: MemberFilter) -> tuple[ColumnElement[Any], ...]:
    program = select(Program.name).where(Program.id == wanted.program_id).scalar_subquery()
    tag = select(Tag.name).where(Tag.id == wanted.tag_id).scalar_subquery()
    nothing = literal(None, Text())
    return (
        (program if wanted.program_id else nothing).label("program_name"),
        (tag if wanted.tag_id else nothing).label("tag_name"),
    )
