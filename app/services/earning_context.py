"""Completes a batch with what only some need: caps, budgets, histories of late purchases, grants of corrections."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Mapping, Sequence
from uuid import UUID

from sqlalchemy import select

from app.core.unit_of_work import session
from app.domain.program import ProgramVersion
from app.domain.rule_type import Counted
from app.models.purchase import Outcome
from app.models.voucher import Voucher
from app.queries.live_versions import compiled_versions, newest_versions
from app.services.budgets import lock_budgets
from app.services.caps import load_caps
from app.services.earning_work import MemberWork, Work
from app.services.grants import load_grants
from app.services.lots import load_debts, load_lots
from app.services.passbook import Passbook


def load_context(work: Work) -> None:
    """Complete a batch that was just loaded; a batch of plain, timely purchases costs no statement here."""
    lock_budgets(work)
    load_caps(work)
    corrected = [each for member in work.members.values() for each in member.purchases if each.corrections]
    moving = {member_id for each in corrected for member_id in each.moves_between}
    walking = [member for member in work.members.values() if member.comes_late or member.id in moving]
    if walking:
        load_histories(work, walking)
    if corrected:
        load_lots([book for member in walking for book in member.books.values()])
        load_grants(work, corrected)
    load_debts([book for book in work.books if book.owed])


def load_histories(work: Work, members: Sequence[MemberWork]) -> None:
    """Everything that ever counted for these members, so that it can be walked again in its order."""
    by_book = {book.id: (member, book) for member in members for book in member.books.values()}
    rows = (
        session()
        .execute(
            select(
                Outcome.enrollment_id,
                Outcome.purchase_id,
                Outcome.version_id,
                Outcome.occurred_at,
                Outcome.order_id,
                Outcome.local_day,
                Outcome.adds,
            )
            .where(Outcome.enrollment_id.in_(list(by_book)))
            .order_by(Outcome.revision)
        )
        .all()
    )
    versions = compiled_versions({row.version_id for row in rows})
    for member in members:
        member.history = defaultdict(dict)
        member.due_by = defaultdict(lambda: defaultdict(int))
    for row in rows:
        history = _history_of(by_book[row.enrollment_id][0], row.enrollment_id)
        _put(history, row, versions[row.version_id])
    _load_standing_vouchers([member.id for member in members], by_book)
    work.newest |= newest_versions({book.program_id for _, book in by_book.values()} | _live_programs(work))


def _history_of(member: MemberWork, enrollment_id: UUID) -> dict[UUID, tuple[ProgramVersion, Counted]]:
    assert member.history is not None
    return member.history[enrollment_id]


def _put(history: dict[UUID, tuple[ProgramVersion, Counted]], row: object, version: ProgramVersion) -> None:
    if row.adds:  # type: ignore[attr-defined]
        counted = Counted(row.occurred_at, row.order_id, row.local_day, row.adds)  # type: ignore[attr-defined]
        history[row.purchase_id] = (version, counted)  # type: ignore[attr-defined]
    else:
        history.pop(row.purchase_id, None)  # type: ignore[attr-defined]


def _load_standing_vouchers(member_ids: Sequence[UUID], by_book: Mapping[UUID, tuple[MemberWork, Passbook]]) -> None:
    """How many vouchers stand for each purchase that made one due, by enrollment; a catalogue's has neither."""
    rows = session().execute(
        select(Voucher.enrollment_id, Voucher.purchase_id).where(
            Voucher.member_id.in_(member_ids), Voucher.enrollment_id.is_not(None), Voucher.status != "revoked"
        )
    )
    for enrollment_id, purchase_id in rows:
        assert enrollment_id is not None
        assert purchase_id is not None
        due_by = by_book[enrollment_id][0].due_by
        assert due_by is not None
        due_by[enrollment_id][purchase_id] += 1


def _live_programs(work: Work) -> set[UUID]:
    return {version.program_id for version in work.live.versions}
