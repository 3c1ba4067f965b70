"""Reads what members stand at in programs, by the clock: balances, progress, and what comes next."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection, Sequence
from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy import and_, bindparam, or_, select

from app.core import clock
from app.core.hot_statements import fetch
from app.core.unit_of_work import session
from app.domain.errors import NotFound
from app.domain.lifecycle import status_at
from app.domain.program import ProgramVersion
from app.domain.rule_type import Standpoint
from app.models.enrollment import Enrollment
from app.models.member import Member
from app.models.program import Program
from app.models.program import ProgramVersion as VersionRow
from app.queries.live_versions import compiled_versions
from app.queries.lot_figures import LotFigures, lot_figures
from app.queries.members import require_member
from app.queries.next_reward import next_reward
from app.queries.paging import Slice, older_than, slice_of
from app.queries.statements import AnyRow, AnySelect

_NO_LOTS = LotFigures()
_KEPT = (
    "id",
    "member_id",
    "program_id",
    "joined_at",
    "unit",
    "balance",
    "pending",
    "owed",
    "lifetime",
    "spent",
    "expired",
    "state",
    "issued",
    "forfeited",
    "tier",
    "last_active_at",
)
_ROWS: AnySelect = (
    select(
        *(getattr(Enrollment, name) for name in _KEPT),
        Program.name,
        Program.rule_type,
        Program.state.label("program_state"),
        Program.starts_at,
        Program.ends_at,
        VersionRow.id.label("version_id"),
    )
    .join(Program, Program.id == Enrollment.program_id)
    .join(VersionRow, and_(VersionRow.program_id == Program.id, VersionRow.number == Program.newest_version))
    .where(or_(Program.deleted_at.is_(None), Program.redeem_until > bindparam("now")))
)
"""Enrollments with their programs as of ``now``; a deleted program's stay while they can be redeemed."""
_OF_MEMBER = _ROWS.where(Enrollment.member_id == bindparam("member_id")).order_by(Program.created_at, Program.id)

_OF_KNOWN = _OF_MEMBER.join(Member, Member.id == Enrollment.member_id).where(Member.erased_at.is_(None))


def enrollments_of(member_id: UUID, now: datetime | None = None) -> list[dict[str, Any]]:
    """A member's enrollments in the order of the programs' creation; two statements once the versions are known.

    Amounts are points, or minor units where ``unit`` is money; ``progress`` is API.md's, its money in minor units.
    Lots past ``available_at`` count as usable and lots past ``expires_at`` as expired, whether or not the jobs ran.
    """
    now = now or clock.now()
    return _stood(fetch(_OF_MEMBER, {"now": now, "member_id": member_id}), now)


def enrollments_of_known(member_id: UUID) -> list[dict[str, Any]]:
    """The same, and NotFound for a member who is unknown or erased; one look-up for both, where there is anything."""
    now = clock.now()
    rows = fetch(_OF_KNOWN, {"now": now, "member_id": member_id})
    if not rows:
        require_member(member_id)
    return _stood(rows, now)


def enrollments_by_member(member_ids: Collection[UUID]) -> dict[UUID, list[dict[str, Any]]]:
    """The same for several members at once, by member; who takes part in nothing is absent."""
    now = clock.now()
    rows = session().execute(
        _ROWS.where(Enrollment.member_id.in_(member_ids)).order_by(Program.created_at, Program.id), {"now": now}
    )
    found: dict[UUID, list[dict[str, Any]]] = defaultdict(list)
    for entry in _stood(rows.all(), now):
        found[entry["memberId"]].append(entry)
    return found


def enrollment(enrollment_id: UUID) -> dict[str, Any]:
    """One enrollment by its id. Raises NotFound."""
    now = clock.now()
    rows = session().execute(_ROWS.where(Enrollment.id == enrollment_id), {"now": now}).all()
    if not rows:
        raise NotFound("enrollment")
    return _stood(rows, now)[0]


def enrollments_in(program_id: UUID, *, cursor: str | None = None, limit: int = 20) -> Slice:
    """Who takes part in a program, the latest first. Raises UnknownCursor."""
    now = clock.now()
    rows = session().execute(
        _ROWS.where(Enrollment.program_id == program_id, older_than(Enrollment.joined_at, Enrollment.id, cursor))
        .order_by(Enrollment.joined_at.desc(), Enrollment.id.desc())
        .limit(limit + 1),
        {"now": now},
    )
    return slice_of(_stood(rows.all(), now), limit, at="joinedAt")


def _stood(rows: Sequence[AnyRow], now: datetime) -> list[dict[str, Any]]:
    versions = compiled_versions({row.version_id for row in rows})
    with_lots = {row.id for row in rows if row.unit}
    lots = lot_figures(with_lots, now) if with_lots else {}
    return [_entry(row, versions[row.version_id], lots.get(row.id, _NO_LOTS), now) for row in rows]


def _entry(kept: AnyRow, version: ProgramVersion, lots: LotFigures, now: datetime) -> dict[str, Any]:
    balance = kept.balance + lots.matured - lots.lapsed_balance
    progress = _progress(kept, version, lots, now)
    return {
        "id": kept.id,
        "memberId": kept.member_id,
        "programId": kept.program_id,
        "programName": kept.name,
        "programStatus": status_at(kept.program_state, kept.starts_at, kept.ends_at, now).value,
        "ruleType": kept.rule_type,
        "unit": kept.unit,
        "metricUnit": version.terms.metric if version.rule_type == "TIER_BASED" else None,
        "balance": balance,
        "pending": kept.pending - lots.matured - lots.lapsed_pending,
        "owed": kept.owed,
        "lifetime": kept.lifetime,
        "spent": kept.spent,
        "expired": kept.expired + lots.lapsed_balance + lots.lapsed_pending,
        "vouchersIssued": kept.issued,
        "tier": kept.tier,
        "progress": progress,
        "nextReward": next_reward(version, progress, balance),
        "joinedAt": kept.joined_at,
        "lastActiveAt": kept.last_active_at,
    }


def _progress(kept: AnyRow, version: ProgramVersion, lots: LotFigures, now: datetime) -> dict[str, Any]:
    """The rule's own progress; what the ledger knows better than the rule's state is handed in with the state."""
    state = kept.state
    if version.rule_type == "POINTS_BASED":
        expiry = {"at": lots.expires_at, "points": lots.expiring} if lots.expires_at else None
        state = {"lifetime": kept.lifetime, "nextExpiry": expiry}
    elif version.rule_type == "CASH_BACK":
        pending = kept.pending - lots.lapsed_pending
        state = {"earned": kept.balance + kept.pending - kept.owed + kept.spent, "paid": kept.spent, "pending": pending}
    elif version.rule_type == "TIER_BASED":
        state = {**(state or version.rule.initial(version.terms)), "tier": kept.tier}  # type: ignore[attr-defined]
    standpoint = Standpoint(now, version.zone, kept.issued + kept.forfeited)
    return version.rule.progress(version.terms, state, standpoint)
