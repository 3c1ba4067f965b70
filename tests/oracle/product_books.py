"""Reads what the product's tables say of a business, as plain rows grouped by enrollment."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Sequence
from typing import Any
from uuid import UUID

from sqlalchemy import Row, text

from app.core.unit_of_work import session, unit_of_work
from app.queries.enrollments import enrollments_in
from tests.oracle.product import Kava

Rows = dict[UUID, list[Row[Any]]]

LOTS = "SELECT enrollment_id, remaining, available_at, expires_at FROM lot"
VOUCHERS = "SELECT enrollment_id, status, expires_at FROM voucher"
TIERS = "SELECT enrollment_id, effective_at, to_tier, reason FROM tier_history ORDER BY effective_at, order_id, number"
OUTCOMES = (
    "SELECT DISTINCT ON (purchase_id, program_id) enrollment_id, purchase_id, code, adds, points, computed, punches, "
    "stamps, visits, cashback_minor, local_day FROM outcome ORDER BY purchase_id, program_id, revision DESC"
)
FIRST_OUTCOMES = (
    "SELECT program_id, order_id, code, adds, points, computed, punches, stamps, visits, cashback_minor "
    "FROM outcome WHERE revision = 0"
)
ENTRIES = "SELECT enrollment_id, kind, amount FROM ledger_entry"


class Books:
    """Everything of one business, read once. ``standings`` is what the API's query says by (card, program key)."""

    def __init__(self, kava: Kava) -> None:
        with unit_of_work(kava.shop.id):
            self.lots = _grouped(LOTS)
            self.vouchers = _grouped(VOUCHERS)
            self.tiers = _grouped(TIERS)
            self.outcomes = _grouped(OUTCOMES)
            self.entries = _grouped(ENTRIES)
            self.first_outcomes = _rows(FIRST_OUTCOMES)
            cards = {row.id: row.external_id for row in _rows("SELECT id, external_id FROM member")}
            self.standings: dict[tuple[str, str], dict[str, Any]] = {}
            for key, program_id in kava.programs.items():
                for each in enrollments_in(program_id, limit=10_000).rows:
                    self.standings[cards[each["memberId"]], key] = each


def _grouped(statement: str) -> Rows:
    found: Rows = defaultdict(list)
    for row in _rows(statement):
        found[row.enrollment_id].append(row)
    return found


def _rows(statement: str) -> Sequence[Row[Any]]:
    return session().execute(text(statement)).all()
