"""The program object of API.md, made of one joined row."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from sqlalchemy import select

from app.core.tenancy import current_business_id
from app.domain.lifecycle import Status, status_at
from app.models.program import Program, ProgramVersion
from app.models.program_stats import ProgramStats
from app.queries.program_filters import NEWEST, NOW
from app.queries.program_twins import live_twin
from app.queries.statements import AnyRow, AnySelect

_PROGRAM = (
    Program.id,
    Program.name,
    Program.description,
    Program.rule_type,
    Program.state,
    Program.starts_at,
    Program.ends_at,
    Program.redeem_until,
    Program.first_activated_at,
    Program.newest_version,
    Program.version,
    Program.created_at,
    Program.updated_at,
    Program.deleted_at,
)

_STATS = (ProgramStats.enrollments, ProgramStats.active_participants, ProgramStats.redemptions, ProgramStats.as_of)


ALL_ROWS: AnySelect = (
    select(
        *_PROGRAM,
        ProgramVersion.snapshot,
        *_STATS,
        live_twin(Program.rule_type, Program.id, NOW).scalar_subquery().is_not(None).label("has_live_twin"),
    )
    .join(ProgramVersion, NEWEST)
    .outerjoin(ProgramStats, ProgramStats.program_id == Program.id)
)
"""Programs with their newest snapshot, their figures, and whether a twin is live, deleted ones too; needs ``now``.

Built once: putting the statement together costs more than asking the database.
"""
PROGRAM_ROWS: AnySelect = ALL_ROWS.where(Program.deleted_at.is_(None))
"""The same without the deleted ones."""


def program_object(row: AnyRow, now: datetime) -> dict[str, Any]:
    """The bare object of GET /programs/{id}; instants and ids are not yet text."""
    status = status_at(row.state, row.starts_at, row.ends_at, now)
    snapshot = row.snapshot
    return {
        "id": row.id,
        "businessId": current_business_id(),
        "name": row.name,
        "description": row.description,
        "ruleType": row.rule_type,
        "ruleConfigDomain": snapshot["ruleConfigDomain"],
        "ruleConfig": snapshot["ruleConfig"],
        "isActive": row.state == "active",
        "state": row.state,
        "status": status.value,
        "timezone": snapshot["timezone"],
        "startsAt": row.starts_at,
        "endsAt": row.ends_at,
        "redeemUntil": row.redeem_until,
        "locationIds": snapshot["locationIds"],
        "blackoutDates": snapshot["blackoutDates"],
        "recurrence": snapshot["recurrence"],
        "segments": snapshot["segments"],
        "priority": snapshot["priority"],
        "exclusiveGroup": snapshot["exclusiveGroup"],
        "autoEnroll": snapshot["autoEnroll"],
        "caps": snapshot["caps"],
        "budget": snapshot["budget"],
        "programVersion": row.newest_version,
        "version": row.version,
        "createdAt": row.created_at,
        "updatedAt": row.updated_at,
        "deletedAt": row.deleted_at,
        "enrollmentCount": row.enrollments or 0,
        "activeParticipants": row.active_participants or 0,
        "totalRedemptions": row.redemptions or 0,
        "statsAsOf": row.as_of,
        "warnings": [live_twin_warning()] if row.has_live_twin and status is not Status.ENDED else [],
    }


def live_twin_warning() -> dict[str, str]:
    """Two live programs of one rule type are allowed, and worth a word."""
    return {
        "code": "same_rule_type_live",
        "message": "Another live program has the same rule type; a purchase can earn in both",
        "field": "ruleType",
    }
