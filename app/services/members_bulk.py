"""One change to many members at once: set-based, each member audited."""

from __future__ import annotations

from collections.abc import Collection
from uuid import UUID

from sqlalchemy import select, update

from app.core.unit_of_work import session
from app.domain.actor import Actor
from app.models.member import Member
from app.services import audit

MOST = 500


def set_status_of(member_ids: Collection[UUID], status: str, *, actor: Actor) -> int:
    """Set the status of up to MOST members; returns how many it changed. Locks them in the order of their ids."""
    wanted = select(Member.id, Member.status).where(
        Member.id.in_(member_ids), Member.erased_at.is_(None), Member.status != status
    )
    found = session().execute(wanted.order_by(Member.id).limit(MOST).with_for_update(key_share=True)).all()
    ids = [row.id for row in found]
    if ids:
        changed = update(Member).where(Member.id.in_(ids)).values(status=status, version=Member.version + 1)
        session().execute(changed, execution_options={"synchronize_session": False})
    for row in found:
        audit.record(actor, "member.status_changed", ("member", row.id), {"status": row.status}, {"status": status})
    return len(ids)
