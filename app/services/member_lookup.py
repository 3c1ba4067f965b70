"""Finds the members that purchases and files name, any number with a fixed number of statements."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Mapping, Sequence
from functools import lru_cache
from typing import Any
from uuid import UUID

from sqlalchemy import ARRAY, Select, any_, bindparam, select

from app.core.hot_statements import fetch
from app.domain.actor import Actor
from app.domain.member_ref import MemberRef
from app.models.member import Member
from app.services import audit
from app.services.member_keys import home_country, normal_key
from app.services.member_rows import insert_members, new_row

_MAKEABLE = ("phone", "email", "external_id")
Key = tuple[str, Any]


def resolve_members(refs: Sequence[MemberRef], *, create: bool, actor: Actor) -> dict[MemberRef, UUID]:
    """The member of each ref; a ref that matches nobody is absent.

    With ``create`` nobody's phone, e-mail address or external id makes a member (a code or an id never does), once
    for all refs that mean the same. Erased members match nothing. At most one query a kind, and three to create.
    """
    country = home_country() if any(ref.phone for ref in refs) else None
    keys = {ref: (ref.kind, normal_key(ref, country)) for ref in refs}
    found = _found(keys.values())
    if create:
        missing = {keys[ref]: ref.name for ref in reversed(refs) if keys[ref] not in found and _is_makeable(keys[ref])}
        found |= _made(missing, actor) if missing else {}
    return {ref: found[key] for ref, key in keys.items() if key in found}


def _found(keys: Sequence[Key] | Any) -> dict[Key, UUID]:
    by_kind: dict[str, set[Any]] = defaultdict(set)
    for kind, value in keys:
        if value is not None:
            by_kind[kind].add(value)
    found: dict[Key, UUID] = {}
    for kind, values in by_kind.items():
        known = fetch(_known(kind), {"values": list(values)})
        found |= {(kind, value): member_id for value, member_id in known}
    return found


@lru_cache
def _known(kind: str) -> Select[Any, UUID]:
    """The statement for one kind of key, built once: every purchase at a till asks it."""
    column = Member.id if kind == "member_id" else getattr(Member, kind)
    wanted = bindparam("values", type_=ARRAY(column.type))
    return select(column, Member.id).where(column == any_(wanted), Member.erased_at.is_(None))


def _is_makeable(key: Key) -> bool:
    return key[0] in _MAKEABLE and key[1] is not None


def _made(missing: Mapping[Key, str], actor: Actor) -> dict[Key, UUID]:
    """Insert; what somebody else made in the meantime is found again."""
    rows = {key: new_row(**{key[0]: key[1]}, name=name) for key, name in missing.items()}
    written = insert_members(list(rows.values()))
    for row in rows.values():
        if row["id"] in written:
            audit.record(actor, "member.created", ("member", row["id"]))
    lost = [key for key, row in rows.items() if row["id"] not in written]
    return {key: row["id"] for key, row in rows.items()} | (_found(lost) if lost else {})
