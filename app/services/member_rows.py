"""Writes new rows of the member table with their codes and their search words, one or thousands at once."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any
from uuid import UUID

from app.core import clock
from app.core.bulk import insert_rows
from app.core.ids import code, new_id
from app.models.member import Member
from app.services.member_index import index_members


def new_row(**values: Any) -> dict[str, Any]:
    """A whole row with a fresh id and codes; ``values`` are columns."""
    return {
        "id": new_id(),
        "name": "",
        "email": None,
        "phone": None,
        "birthday": None,
        "birthday_set_at": clock.now() if values.get("birthday") else None,
        "external_id": None,
        "code": code(),
        "referral_code": code(),
        "referred_by": None,
        "status": "active",
        "metadata": {},
        "joined_at": clock.now(),
        "event_sequence": 0,
        "version": 1,
        **values,
    }


def insert_members(rows: Sequence[dict[str, Any]]) -> set[UUID]:
    """Insert rows and index them; returns the ids written. A row whose key somebody has already is left out."""
    written = {row.id for row in insert_rows(Member, rows, on_conflict_do_nothing=True, returning=("id",))}
    index_members(row for row in rows if row["id"] in written)
    return written
