"""Issues and revokes the vouchers of rules: what is due and not issued yet, and what is issued and no longer due."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy import select, update

from app.core.ids import code, new_id
from app.core.unit_of_work import session
from app.domain.events import EventType
from app.domain.expiry import last_day, voucher_expires_at
from app.domain.program import ProgramVersion
from app.models.voucher import Voucher
from app.services.earning_facts import note
from app.services.earning_work import MemberWork, Work
from app.services.passbook import Passbook

_CODE_LENGTH = 27
"""27 signs of 30 are 132 random bits: a code is found by nobody."""


def issue_vouchers(
    work: Work,
    member: MemberWork,
    book: Passbook,
    version: ProgramVersion,
    moments: Sequence[tuple[UUID, datetime]],
    *,
    is_historical: bool,
) -> None:
    """Issue one voucher for each (purchase that made it due, its instant).

    It is dated by that purchase, not by the settling, so that what comes late expires when it would have (RULES 2).
    """
    for purchase_id, moment in moments:
        voucher = _voucher(member, book, version, purchase_id, moment)
        work.vouchers.append(voucher)
        if member.due_by is not None:
            member.due_by[book.id][purchase_id] += 1
        note(work, member, EventType.VOUCHER_ISSUED, _announced(voucher, version), is_historical=is_historical)
    book.issued += len(moments)
    book.is_changed = True
    work.stats[book.program_id]["vouchers_issued"] += len(moments)


def revoke_vouchers(work: Work, member: MemberWork, book: Passbook, wanted: int) -> int:
    """Revoke up to ``wanted`` of the newest vouchers that can still be redeemed; returns how many there were."""
    pending = [row for row in work.vouchers if row["enrollment_id"] == book.id and _is_open(row, work.now)]
    stored = session().execute(
        select(Voucher.id, Voucher.purchase_id, Voucher.issued_at, Voucher.expires_at)
        .where(Voucher.enrollment_id == book.id, Voucher.status == "available")
        .order_by(Voucher.issued_at.desc(), Voucher.id.desc())
    )
    open_rows = [row._asdict() for row in stored if row.expires_at is None or row.expires_at > work.now]
    newest = sorted([*pending, *open_rows], key=lambda row: (row["issued_at"], row["id"]), reverse=True)[:wanted]
    ids = [row["id"] for row in newest]
    for row in newest:
        if "status" in row:
            row["status"] = "revoked"
        if member.due_by is not None:
            member.due_by[book.id][row["purchase_id"]] -= 1
    if ids:
        session().execute(update(Voucher).where(Voucher.id.in_(ids)).values(status="revoked"))
    book.issued -= len(ids)
    book.is_changed = True
    work.stats[book.program_id]["vouchers_issued"] -= len(ids)
    return len(ids)


def _voucher(
    member: MemberWork, book: Passbook, version: ProgramVersion, purchase_id: UUID, moment: datetime
) -> dict[str, Any]:
    config: Any = version.config
    return {
        "id": new_id(),
        "code": code(_CODE_LENGTH),
        "member_id": member.id,
        "program_id": book.program_id,
        "enrollment_id": book.id,
        "version_id": version.id,
        "purchase_id": purchase_id,
        "reward_type": config.reward_type,
        "reward_value": config.reward_value,
        "description": config.reward_description,
        "status": "available",
        "issued_at": moment,
        "expires_at": voucher_expires_at(config.reward_expires_after_days, moment, version.zone),
    }


def _announced(voucher: dict[str, Any], version: ProgramVersion) -> dict[str, Any]:
    """What the event says; the code is not in it, since who has the code has the reward."""
    expires_at: datetime | None = voucher["expires_at"]
    return {
        "programId": voucher["program_id"],
        "voucherId": voucher["id"],
        "description": voucher["description"],
        "expiresAt": expires_at,
        "lastDay": None if expires_at is None else last_day(expires_at, version.zone),
    }


def _is_open(row: dict[str, Any], now: datetime) -> bool:
    return row["status"] == "available" and (row["expires_at"] is None or row["expires_at"] > now)
