"""The proof of the books: every check is one statement whose rows are the breaks (RELIABILITY 4.1)."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from uuid import UUID

from sqlalchemy import func, select, text, true
from sqlalchemy.orm import Session

from app.models.business import Business
from app.models.ledger import LedgerEntry
from app.queries.hash_chain import broken_links
from app.queries.verification_redemptions import REDEMPTION_CHECKS


@dataclass(frozen=True, slots=True)
class Break:
    """One place where the books do not add up: which check, which row, and what was found."""

    check: str
    subject: str
    found: str


@dataclass(frozen=True, slots=True)
class Books:
    """One business whose books can be verified, and how many entries they have."""

    business_id: UUID
    slug: str
    entries: int


CHECKS = {
    "entries sum to balance + pending - owed": """
        SELECT e.id, format('entries sum to %s, kept figures to %s', coalesce(sum(l.amount), 0),
                            e.balance + e.pending - e.owed)
        FROM enrollment e LEFT JOIN ledger_entry l ON l.business_id = e.business_id AND l.enrollment_id = e.id
        WHERE e.business_id = :business_id GROUP BY e.business_id, e.id
        HAVING coalesce(sum(l.amount), 0) <> e.balance + e.pending - e.owed""",
    "matured lots hold the balance, the others what is pending": """
        SELECT e.id, format('lots hold %s + %s, kept figures %s + %s',
                            coalesce(sum(t.remaining) FILTER (WHERE t.is_matured), 0),
                            coalesce(sum(t.remaining) FILTER (WHERE NOT t.is_matured), 0), e.balance, e.pending)
        FROM enrollment e LEFT JOIN lot t ON t.business_id = e.business_id AND t.enrollment_id = e.id
        WHERE e.business_id = :business_id GROUP BY e.business_id, e.id
        HAVING coalesce(sum(t.remaining) FILTER (WHERE t.is_matured), 0) <> e.balance
            OR coalesce(sum(t.remaining) FILTER (WHERE NOT t.is_matured), 0) <> e.pending""",
    "what a lot holds is what it got less what was taken": """
        SELECT t.id, format('holds %s of %s, %s taken', t.remaining, t.amount, coalesce(sum(a.amount), 0))
        FROM lot t LEFT JOIN allocation a ON a.business_id = t.business_id AND a.lot_id = t.id
        WHERE t.business_id = :business_id GROUP BY t.business_id, t.id
        HAVING t.remaining <> t.amount - coalesce(sum(a.amount), 0)""",
    "every credit has its lot": """
        SELECT l.id, format('credit of %s, lot of %s', l.amount, t.amount)
        FROM ledger_entry l LEFT JOIN lot t ON t.business_id = l.business_id AND t.entry_id = l.id
        WHERE l.business_id = :business_id AND l.amount > 0
          AND (t.id IS NULL OR t.amount <> l.amount OR t.enrollment_id <> l.enrollment_id)""",
    "a debit takes from its own enrollment's lots, and no more than it is": """
        SELECT l.id, format('debit of %s took %s', -l.amount, sum(a.amount))
        FROM ledger_entry l
        JOIN allocation a ON a.business_id = l.business_id AND a.entry_id = l.id
        JOIN lot t ON t.business_id = a.business_id AND t.id = a.lot_id
        WHERE l.business_id = :business_id GROUP BY l.business_id, l.id
        HAVING sum(a.amount) > -l.amount OR bool_or(t.enrollment_id <> l.enrollment_id)""",
    "what debits could not take is owed": """
        SELECT e.id, format('owes %s, debits left open %s', e.owed, coalesce(sum(d.open), 0))
        FROM enrollment e LEFT JOIN (
            SELECT l.business_id, l.enrollment_id, -l.amount - coalesce(sum(a.amount), 0) AS open
            FROM ledger_entry l LEFT JOIN allocation a ON a.business_id = l.business_id AND a.entry_id = l.id
            WHERE l.business_id = :business_id AND l.amount < 0 GROUP BY l.business_id, l.id
        ) d ON d.business_id = e.business_id AND d.enrollment_id = e.id
        WHERE e.business_id = :business_id GROUP BY e.business_id, e.id
        HAVING coalesce(sum(d.open), 0) <> e.owed""",
    "kept sums are the sums of the entries": """
        SELECT e.id, format('lifetime %s, expired %s, spent %s', e.lifetime, e.expired, e.spent)
        FROM enrollment e LEFT JOIN ledger_entry l ON l.business_id = e.business_id AND l.enrollment_id = e.id
        WHERE e.business_id = :business_id GROUP BY e.business_id, e.id
        HAVING e.lifetime <> coalesce(sum(l.amount) FILTER (
                   WHERE l.kind = 'reversal' OR l.kind = 'transfer' AND l.amount < 0 AND l.reverses_entry_id IS NOT NULL
                      OR l.amount > 0 AND l.kind <> 'restore' AND l.reverses_entry_id IS NULL
                         AND NOT (l.kind = 'transfer' AND l.source_key LIKE '%owed')), 0)
            OR e.expired <> coalesce(-sum(l.amount) FILTER (WHERE l.kind = 'expire'), 0)
            OR e.spent <> coalesce(-sum(l.amount) FILTER (WHERE l.kind IN ('redeem', 'restore')), 0)""",
    "a business key is used once": """
        SELECT l.enrollment_id, format('%s stands %s times', l.source_key, count(*))
        FROM ledger_entry l WHERE l.business_id = :business_id
        GROUP BY l.enrollment_id, l.source_key HAVING count(*) > 1""",
    "reversals of an entry stay within it": """
        SELECT l.id, format('entry of %s, reversed by %s', l.amount, -sum(r.amount))
        FROM ledger_entry l
        JOIN ledger_entry r ON r.business_id = l.business_id AND r.reverses_entry_id = l.id
        WHERE l.business_id = :business_id GROUP BY l.business_id, l.id HAVING -sum(r.amount) > l.amount""",
    "what one account carries over another one gets": """
        SELECT min(l.id::text), format('%s adds up to %s', l.source_key, sum(l.amount))
        FROM ledger_entry l WHERE l.business_id = :business_id AND l.kind = 'transfer'
        GROUP BY l.source_key HAVING sum(l.amount) <> 0""",
    "an entry's version is its program's": """
        SELECT l.id, format('version %s', l.version_id)
        FROM ledger_entry l LEFT JOIN program_version v
          ON v.business_id = l.business_id AND v.id = l.version_id AND v.program_id = l.program_id
        WHERE l.business_id = :business_id AND l.version_id IS NOT NULL AND v.id IS NULL""",
    "every voucher was granted by a purchase": """
        SELECT min(e.id::text), format('%s vouchers, %s granted', sum(v.issued), sum(o.granted))
        FROM enrollment e
        LEFT JOIN (SELECT from_member_id AS id FROM member_merge WHERE business_id = :business_id UNION
                   SELECT into_member_id FROM member_merge WHERE business_id = :business_id) m ON m.id = e.member_id
        LEFT JOIN (SELECT enrollment_id, count(*) AS issued FROM voucher
                   WHERE business_id = :business_id GROUP BY enrollment_id) v ON v.enrollment_id = e.id
        LEFT JOIN (SELECT enrollment_id, sum(vouchers) AS granted FROM outcome
                   WHERE business_id = :business_id AND vouchers > 0 GROUP BY enrollment_id) o
          ON o.enrollment_id = e.id
        WHERE e.business_id = :business_id
        GROUP BY CASE WHEN m.id IS NULL THEN e.id ELSE e.program_id END
        HAVING coalesce(sum(o.granted), 0) <> coalesce(sum(v.issued), 0)""",
    "an enrollment remembers its last entry": """
        SELECT e.id, format('remembers %s entries, has %s', e.entry_count, coalesce(l.number, 0))
        FROM enrollment e LEFT JOIN LATERAL (
            SELECT number, hash FROM ledger_entry WHERE business_id = e.business_id AND enrollment_id = e.id
            ORDER BY number DESC LIMIT 1
        ) l ON true
        WHERE e.business_id = :business_id
          AND (e.entry_count <> coalesce(l.number, 0) OR e.last_hash IS DISTINCT FROM l.hash)""",
    "vouchers that were not revoked are counted": """
        SELECT e.id, format('counts %s, has %s', e.issued, count(v.id))
        FROM enrollment e LEFT JOIN voucher v
          ON v.business_id = e.business_id AND v.enrollment_id = e.id AND v.status <> 'revoked'
        WHERE e.business_id = :business_id GROUP BY e.business_id, e.id HAVING count(v.id) <> e.issued""",
    "a tier has its history": """
        SELECT e.id, format('holds %s, and no row of its history leads there', e.tier)
        FROM enrollment e
        WHERE e.business_id = :business_id AND e.tier IS NOT NULL AND NOT EXISTS (
            SELECT FROM tier_history t WHERE t.business_id = e.business_id
              AND t.enrollment_id = e.id AND t.to_tier = e.tier)""",
    "no row of a tier's history is missing": """
        SELECT t.enrollment_id, format('%s rows, numbered to %s', count(*), max(t.number))
        FROM tier_history t WHERE t.business_id = :business_id
        GROUP BY t.enrollment_id HAVING count(*) <> max(t.number)""",
    "a granted purchase has its entry": """
        SELECT o.purchase_id, format('outcome of %s points, entry of %s', o.points, l.amount)
        FROM outcome o LEFT JOIN ledger_entry l
          ON l.business_id = o.business_id AND l.enrollment_id = o.enrollment_id AND l.purchase_id = o.purchase_id
         AND l.kind = 'earn' AND l.source_key = format('purchase:%s:%s', o.purchase_id, o.revision)
        WHERE o.business_id = :business_id AND o.points + o.cashback_minor > 0
          AND l.amount IS DISTINCT FROM o.points + o.cashback_minor
          AND NOT EXISTS (SELECT FROM outcome b WHERE b.business_id = o.business_id AND b.purchase_id = o.purchase_id
              AND b.program_id = o.program_id AND b.enrollment_id = o.enrollment_id AND b.revision < o.revision)
          AND NOT EXISTS (SELECT FROM merge_move m WHERE m.business_id = o.business_id AND m.kind = 'outcome'
              AND m.row_id = o.purchase_id AND m.program_id = o.program_id AND m.number = o.revision)""",
}
"""What must hold in one business; each statement selects (id, what was found) for every row that breaks it."""


def books_to_verify(session: Session, slug: str | None = None) -> list[Books]:
    """Every business of the installation, or the one at an address; for a session of the maintenance role."""
    rows = session.execute(
        select(Business.id, Business.slug, func.count(LedgerEntry.id))
        .outerjoin(LedgerEntry, LedgerEntry.business_id == Business.id)
        .where(Business.slug == slug if slug else true())
        .group_by(Business.id, Business.slug)
        .order_by(Business.id)
    )
    return [Books(*row) for row in rows]


def breaks(session: Session, business_id: UUID) -> Iterator[Break]:
    """Every break in one business's books, check by check; reads only, in the transaction of ``session``."""
    session.execute(text("SET LOCAL enable_nestloop = off"))  # whole tables are read; stale statistics must not matter
    for check, statement in (*CHECKS.items(), *REDEMPTION_CHECKS.items()):
        for subject, found in session.execute(text(statement), {"business_id": business_id}):
            yield Break(check, str(subject), found)
    for subject, found in broken_links(session, business_id):
        yield Break("entries follow one another, sealed by their hashes", str(subject), found)
