"""Reads purchases with what they did in each program, and why, in plain words."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection, Mapping, Sequence
from datetime import datetime
from types import SimpleNamespace
from typing import Any
from uuid import UUID

from sqlalchemy import bindparam, select
from sqlalchemy.dialects.postgresql import distinct_on

from app.core.hot_statements import fetch
from app.core.unit_of_work import session
from app.domain.errors import NotFound
from app.domain.explain import sentence
from app.models.member import Member
from app.models.program import Program, ProgramVersion
from app.models.purchase import Outcome, Purchase
from app.models.voucher import Voucher
from app.queries.paging import Slice, older_than, slice_of
from app.queries.statements import AnyRow, AnySelect

_COLUMNS = (
    Purchase.id,
    Purchase.source,
    Purchase.order_id,
    Purchase.kind,
    Purchase.count,
    Purchase.member_id,
    Purchase.location_id,
    Purchase.amount_minor,
    Purchase.refunded_minor,
    Purchase.items,
    Purchase.occurred_at,
    Purchase.status,
    Purchase.waiting,
    Purchase.is_dead,
    Purchase.referral_code,
    Purchase.recorded_at,
    Purchase.recorded_by,
    Purchase.processed_at,
)
_PURCHASES: AnySelect = select(*_COLUMNS)
_ONE_PURCHASE = _PURCHASES.where(Purchase.id == bindparam("purchase_id"))
_PROGRESS = select(Purchase.processed_at, Purchase.waiting).where(Purchase.id == bindparam("purchase_id"))


def purchase(purchase_id: UUID, currency: str) -> dict[str, Any]:
    """The purchase object of API.md with outcomes and vouchers; money in minor units. Raises NotFound."""
    plain = plain_purchase(purchase_id, currency)  # read first: what is done by now has all that is read after it
    return {
        **plain,
        "outcomes": outcomes([purchase_id], currency).get(purchase_id, []),
        "vouchers": _vouchers_by_purchase([purchase_id]).get(purchase_id, []),
    }


def plain_purchase(purchase_id: UUID, currency: str) -> dict[str, Any]:
    """The same without outcomes and vouchers; one statement. Raises NotFound."""
    rows = fetch(_ONE_PURCHASE, {"purchase_id": purchase_id})
    if not rows:
        raise NotFound("purchase")
    return _purchase_object(rows[0], currency)


def purchase_of(values: Mapping[str, Any], currency: str) -> dict[str, Any]:
    """The same of the columns of a purchase that was just recorded, without asking the database."""
    return _purchase_object(SimpleNamespace(**values, processed_at=None), currency)


def purchases_slice(
    currency: str,
    *,
    member_id: UUID | None = None,
    status: str | None = None,
    from_: datetime | None = None,
    to: datetime | None = None,
    cursor: str | None = None,
    limit: int = 20,
) -> Slice:
    """Purchases, the latest sale first, within ``[from_, to)``; two statements. Raises UnknownCursor."""
    filters = [
        *([Purchase.member_id == member_id] if member_id else []),
        *([Purchase.status == status] if status else []),
        *([Purchase.occurred_at >= from_] if from_ else []),
        *([Purchase.occurred_at < to] if to else []),
        older_than(Purchase.occurred_at, Purchase.id, cursor),
    ]
    latest = _PURCHASES.where(*filters).order_by(Purchase.occurred_at.desc(), Purchase.id.desc()).limit(limit + 1)
    rows = session().execute(latest).all()
    found = outcomes([row.id for row in rows[:limit]], currency)
    objects = [{**_purchase_object(row, currency), "outcomes": found.get(row.id, [])} for row in rows]
    return slice_of(objects, limit, at="occurredAt")


def is_settled(purchase_id: UUID) -> bool:
    """Whether the earning job has done all that was asked of a purchase so far."""
    return any(row.processed_at and not row.waiting for row in fetch(_PROGRESS, {"purchase_id": purchase_id}))


def outcomes(purchase_ids: Collection[UUID], currency: str) -> dict[UUID, list[dict[str, Any]]]:
    """What each purchase did in each program as of its newest revision, by evaluation's order of creation.

    For a member with a private multiplier no explanation shows arithmetic (RULES 6). One statement.
    """
    if not purchase_ids:
        return {}
    newest = (
        select(
            Outcome,
            ProgramVersion.number.label("version_number"),
            Program.name.label("program_name"),
            Program.rule_type,
            Member.private_multiplier,
        )
        .join(ProgramVersion, ProgramVersion.id == Outcome.version_id)
        .join(Program, Program.id == Outcome.program_id)
        .join(Member, Member.id == Outcome.member_id)
        .where(Outcome.purchase_id.in_(purchase_ids))
        .ext(distinct_on(Outcome.purchase_id, Program.created_at, Outcome.program_id))
        .order_by(Outcome.purchase_id, Program.created_at, Outcome.program_id, Outcome.revision.desc())
    )
    found: dict[UUID, list[dict[str, Any]]] = defaultdict(list)
    for row in session().execute(newest):
        found[row.Outcome.purchase_id].append(_outcome_object(row, currency))
    return found


def _purchase_object(row: Any, currency: str) -> dict[str, Any]:
    return {
        "id": row.id,
        "source": row.source,
        "orderId": row.order_id,
        "kind": row.kind,
        "count": row.count,
        "memberId": row.member_id,
        "locationId": row.location_id,
        "amount": row.amount_minor,
        "refunded": row.refunded_minor,
        "currency": currency,
        "items": [_item(item) for item in row.items],
        "occurredAt": row.occurred_at,
        "status": row.status,
        "earning": "done" if row.processed_at is not None and not row.waiting else "queued",
        "isDead": row.is_dead,
        "referralCode": row.referral_code,
        "recordedAt": row.recorded_at,
        "recordedBy": row.recorded_by,
        "processedAt": row.processed_at,
    }


def _item(stored: Sequence[Any]) -> dict[str, Any]:
    category, quantity, unit_price_minor, name, sku = stored
    return {"sku": sku, "name": name, "category": category, "quantity": quantity, "unitPrice": unit_price_minor}


def _outcome_object(row: AnyRow, currency: str) -> dict[str, Any]:
    outcome = row.Outcome
    return {
        "programId": outcome.program_id,
        "programName": row.program_name,
        "ruleType": row.rule_type,
        "programVersion": row.version_number,
        "points": outcome.points,
        "punches": outcome.punches,
        "stamps": outcome.stamps,
        "visits": outcome.visits,
        "tier": outcome.tier,
        "vouchers": outcome.vouchers,
        "cashback": outcome.cashback_minor,
        "code": outcome.code,
        "explanation": sentence(outcome.trace, currency, hide_arithmetic=row.private_multiplier is not None),
    }


def _vouchers_by_purchase(purchase_ids: Collection[UUID]) -> dict[UUID, list[dict[str, Any]]]:
    found: dict[UUID, list[dict[str, Any]]] = defaultdict(list)
    caused = select(Voucher).where(Voucher.purchase_id.in_(purchase_ids)).order_by(Voucher.issued_at, Voucher.id)
    for voucher in session().scalars(caused):
        found[voucher.purchase_id or voucher.id].append(
            {
                "id": voucher.id,
                "code": voucher.code,
                "programId": voucher.program_id,
                "description": voucher.description,
                "status": voucher.status,
                "expiresAt": voucher.expires_at,
            }
        )
    return found
