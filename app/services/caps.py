"""Caps of a member: what they were granted in the windows that a cap counts (RULES 2)."""

from __future__ import annotations

from collections import Counter

from sqlalchemy import select

from app.core.unit_of_work import session
from app.domain.caps import charges
from app.domain.localtime import window_key
from app.domain.program import ProgramVersion
from app.domain.standing import Outcome as Evaluated
from app.models.purchase import Outcome
from app.services.earning_work import MemberWork, Work


def load_caps(work: Work) -> None:
    """What capped programs have granted these members by window; the newest revision of an outcome counts."""
    capped = {version.program_id: version for version in work.live.versions if version.caps}
    if not capped:
        return
    rows = session().execute(
        select(
            Outcome.member_id,
            Outcome.program_id,
            Outcome.purchase_id,
            Outcome.local_day,
            Outcome.points,
            Outcome.cashback_minor,
            Outcome.vouchers,
        )
        .where(Outcome.member_id.in_(list(work.members)), Outcome.program_id.in_(list(capped)))
        .order_by(Outcome.revision)
    )
    newest = {(row.member_id, row.program_id, row.purchase_id): row for row in rows}
    for row in newest.values():
        used = work.cap_used.setdefault((row.member_id, row.program_id), Counter())
        for cap in capped[row.program_id].caps:
            granted = {"points": row.points, "cashback": row.cashback_minor, "rewards": row.vouchers}[cap.unit]
            used[cap.unit, window_key(cap.per, row.local_day)] += granted


def use_caps(work: Work, member: MemberWork, version: ProgramVersion, granted: Evaluated, *, sign: int = 1) -> None:
    """Count a grant of this batch into its windows; with ``sign`` -1 it is given back."""
    if version.caps:
        used = work.cap_used.setdefault((member.id, version.program_id), Counter())
        for window, amount in charges(version, granted).items():
            used[window] += sign * amount
