"""Hands purchases and what they count from member to member: outcomes never change, so two revisions say it."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from typing import Any
from uuid import UUID

from sqlalchemy import ARRAY, ColumnElement, Uuid, any_, inspect, literal, select, update

from app.core import clock
from app.core.bulk import insert_rows
from app.core.unit_of_work import session
from app.models.member_merge import MergeMove
from app.models.purchase import Outcome, Purchase
from app.models.voucher import Voucher

_RAW: Any = {"execution_options": {"synchronize_session": False}}
_NOTHING = {"adds": 0, "points": 0, "punches": 0, "stamps": 0, "visits": 0, "cashback_minor": 0, "tier": None}


def hand_over_purchases(which: ColumnElement[bool], taker_id: UUID) -> dict[UUID, int | None]:
    """Give purchases to another member; returns by id the last of the two revisions it takes (None: never settled)."""
    settled = update(Purchase).where(which, Purchase.settled_revision.is_not(None))
    raised = {"revision": Purchase.revision + 2, "settled_revision": Purchase.revision + 2}
    moved = session().execute(
        settled.values(member_id=taker_id, **raised).returning(Purchase.id, Purchase.revision), **_RAW
    )
    revisions: dict[UUID, int | None] = {row.id: row.revision for row in moved}
    pending = update(Purchase).where(which, Purchase.settled_revision.is_(None))
    fresh = session().scalars(pending.values(member_id=taker_id).returning(Purchase.id), **_RAW)
    return revisions | dict.fromkeys(fresh, None)


def hand_over_outcomes(
    merge_id: UUID, revisions: Mapping[UUID, int | None], giver_id: UUID, taker_id: UUID, books: Mapping[UUID, UUID]
) -> None:
    """Say of each outcome of these purchases that it counts for the taker and no more for the giver.

    ``books`` is the giver's enrollment → the taker's. The rule's vouchers go along. Each copy is noted with the merge,
    since no ledger entry stands behind it: what it earned is carried over by transfers.
    """
    ids = [purchase_id for purchase_id, revision in revisions.items() if revision is not None]
    rows: list[dict[str, Any]] = []
    for row in newest_outcomes(ids).values():
        if row["member_id"] != giver_id:
            continue
        last = revisions[row["purchase_id"]]
        assert last is not None
        told = {"recorded_at": clock.now(), "vouchers": 0}
        if row["adds"] or row["points"] or row["cashback_minor"]:
            rows.append({**row, **told, **_NOTHING, "revision": last - 1, "trace": [["merged_away", {}]]})
        book = books.get(row["enrollment_id"])
        rows.append({**row, **told, "revision": last, "member_id": taker_id, "enrollment_id": book})
    insert_rows(Outcome, rows)
    _note(merge_id, [row for row in rows if row["member_id"] == taker_id])
    for giver_book, taker_book in books.items():
        theirs = update(Voucher).where(Voucher.enrollment_id == giver_book, Voucher.purchase_id == any_(_array(ids)))
        session().execute(theirs.values(member_id=taker_id, enrollment_id=taker_book), **_RAW)


def newest_outcomes(purchase_ids: Collection[UUID]) -> dict[tuple[UUID, UUID], dict[str, Any]]:
    """The newest outcome, as a row to write, of each of these purchases by (purchase, program)."""
    names = [attribute.key for attribute in inspect(Outcome).column_attrs if attribute.key != "business_id"]
    found = session().execute(
        select(*(getattr(Outcome, name) for name in names))
        .where(Outcome.purchase_id == any_(_array(purchase_ids)))
        .order_by(Outcome.revision)
    )
    return {(row.purchase_id, row.program_id): dict(row._mapping) for row in found}


def _note(merge_id: UUID, copies: Sequence[Mapping[str, Any]]) -> None:
    rows = [
        {
            "merge_id": merge_id,
            "kind": "outcome",
            "row_id": row["purchase_id"],
            "program_id": row["program_id"],
            "number": row["revision"],
        }
        for row in copies
    ]
    insert_rows(MergeMove, rows)


def _array(ids: Collection[UUID]) -> Any:
    return literal(list(ids), ARRAY(Uuid()))
