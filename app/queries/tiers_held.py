"""Which tiers a member holds or has passed, over all tier programs of the business."""

from __future__ import annotations

from datetime import datetime
from uuid import UUID

from sqlalchemy import or_, select

from app.core.unit_of_work import session
from app.domain.tiers import rank
from app.models.enrollment import Enrollment
from app.models.program import Program
from app.queries.live_versions import newest_versions


def tiers_of(member_id: UUID, now: datetime) -> frozenset[str]:
    """The names of the tier held and of those below it, in every tier program that is not over (RULES 3)."""
    rows = session().execute(
        select(Enrollment.program_id, Enrollment.tier)
        .join(Program, Program.id == Enrollment.program_id)
        .where(Enrollment.member_id == member_id, Enrollment.tier.is_not(None))
        .where(or_(Program.redeem_until.is_(None), Program.redeem_until > now))
    )
    held = {row.program_id: row.tier for row in rows}
    found: set[str] = set()
    for program_id, version in (newest_versions(held) if held else {}).items():
        found.update(version.terms.names[: rank(held[program_id], version.terms) + 1])
    return frozenset(found)


def tier_names() -> list[str]:
    """Every tier that the business's tier programs have, the lowest first; drafts too, so that one can plan ahead."""
    wanted = select(Program.id).where(Program.rule_type == "TIER_BASED", Program.deleted_at.is_(None))
    ids = list(session().scalars(wanted.order_by(Program.created_at)))
    versions = newest_versions(ids) if ids else {}
    return list(dict.fromkeys(name for program_id in ids for name in versions[program_id].terms.names))
