"""Count, then owe: folds a purchase into the enrollment's state, or walks all again when it came late (RULES 3)."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from uuid import UUID

from app.domain.caps import allow_rewards
from app.domain.history import recount
from app.domain.localtime import local_day
from app.domain.program import ProgramVersion
from app.domain.purchase import Purchase
from app.domain.registry import COUNTING, counting_rule
from app.domain.rule_type import Counted
from app.domain.standing import NEWCOMER, Outcome, Standing
from app.services.budgets import budget_left
from app.services.earning_work import History, MemberWork, Work
from app.services.passbook import Passbook
from app.services.vouchers import issue_vouchers, revoke_vouchers


def standing_of(work: Work, member: MemberWork, version: ProgramVersion, purchase: Purchase) -> Standing:
    """Where a member stands in one program, as the engine asks for it."""
    book = member.books.get(version.program_id)
    if book is None:
        return NEWCOMER
    in_order = not book.has_counted_past(*purchase.key)
    return Standing(
        enrolled=True,
        state=book.state,
        in_order=in_order,
        issued=book.issued + book.forfeited,
        cap_used=work.cap_used.get((member.id, version.program_id), {}),
        is_first_of_day=in_order or _is_first_of_day(member, book, version, purchase),
    )


def count(
    work: Work,
    member: MemberWork,
    book: Passbook,
    version: ProgramVersion,
    purchase: Purchase,
    outcome: Outcome,
    *,
    is_historical: bool,
) -> int:
    """Let the purchase count in the enrollment and issue what became due; returns how many vouchers."""
    if not outcome.adds:
        return 0
    counted = Counted(purchase.occurred_at, purchase.order_id, outcome.local_day, outcome.adds)
    if member.history is not None:
        member.history[book.id][purchase.id] = (version, counted)
    book.is_changed = True
    if outcome.state is None:
        return settle_due(work, member, book, version, purchase, is_historical=is_historical)
    book.state = outcome.state
    book.counted_at, book.counted_order_id = purchase.key
    book.forfeited += outcome.forfeited
    moments = [(purchase.id, purchase.occurred_at)] * outcome.rewards
    if moments:
        issue_vouchers(work, member, book, version, moments, is_historical=is_historical)
    return outcome.rewards


def settle_due(
    work: Work,
    member: MemberWork,
    book: Passbook,
    version: ProgramVersion,
    purchase: Purchase,
    *,
    is_historical: bool,
) -> int:
    """Walk all that counts again; issue what is due and missing, revoke what is issued and no longer due.

    Returns how many vouchers were issued. What a cap withheld is given up before a voucher is revoked.
    """
    history = _history(member, book)
    step = recount(list(history.values()), work.newest.get(version.program_id, version))
    book.state, book.is_changed = step.state, True
    if version.rule_type not in COUNTING:
        return 0
    wanted = step.due - book.issued - book.forfeited
    if wanted > 0:
        return _issue(work, member, book, version, purchase, wanted, is_historical=is_historical)
    given_up = min(-wanted, book.forfeited)
    book.forfeited -= given_up
    if surplus := -wanted - given_up:
        revoke_vouchers(work, member, book, surplus)
    return 0


def _issue(
    work: Work,
    member: MemberWork,
    book: Passbook,
    version: ProgramVersion,
    purchase: Purchase,
    wanted: int,
    *,
    is_historical: bool,
) -> int:
    left = budget_left(work, [version], purchase)
    day = local_day(purchase.occurred_at, version.zone)
    granted, forfeited, _ = allow_rewards(version, wanted, standing_of(work, member, version, purchase), left, day)
    book.forfeited += forfeited
    moments = _missing_moments(member, book, _history(member, book), granted)
    issue_vouchers(work, member, book, version, moments, is_historical=is_historical)
    return granted


def _missing_moments(
    member: MemberWork, book: Passbook, history: History, wanted: int
) -> Sequence[tuple[UUID, datetime]]:
    """The newest purchases of the walk that made a voucher due and have none standing for it."""
    assert member.due_by is not None
    standing = dict(member.due_by[book.id])
    missing: list[tuple[UUID, datetime]] = []
    state, due = None, 0
    for purchase_id, (version, counted) in sorted(history.items(), key=lambda each: _key(each[1][1])):
        rule = counting_rule(version.rule_type)
        step = rule.step(version.terms, state if state is not None else rule.initial(version.terms), counted)
        for _ in range(step.due - due):
            if standing.get(purchase_id, 0):
                standing[purchase_id] -= 1
            else:
                missing.append((purchase_id, counted.occurred_at))
        state, due = step.state, step.due
    return missing[-wanted:] if wanted else []


def _history(member: MemberWork, book: Passbook) -> History:
    assert member.history is not None, "a late purchase or a correction loads the history of its member"
    return member.history[book.id]


def _is_first_of_day(member: MemberWork, book: Passbook, version: ProgramVersion, purchase: Purchase) -> bool:
    day = local_day(purchase.occurred_at, version.zone)
    return not any(
        counted.local_day == day and _key(counted) < purchase.key for _, counted in _history(member, book).values()
    )


def _key(counted: Counted) -> tuple[datetime, str]:
    return (counted.occurred_at, counted.order_id)
