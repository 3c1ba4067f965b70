"""Where a short link on a poster leads."""

from __future__ import annotations

from sqlalchemy import select

from app.core.unit_of_work import session
from app.models.business import Business
from app.models.join_link import JoinLink


def slug_of_join_code(code: str) -> str | None:
    """Return the address of the open business behind a code, in any case; a platform look-up."""
    known = (
        select(Business.slug)
        .join(JoinLink, JoinLink.business_id == Business.id)
        .where(JoinLink.code == code.upper(), Business.status == "active")
    )
    return session().scalar(known)
