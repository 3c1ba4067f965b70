"""Reads where a person is signed in."""

from __future__ import annotations

from typing import Any
from uuid import UUID

from sqlalchemy import or_, select

from app.core import clock
from app.core.unit_of_work import session
from app.models.user_session import UserSession
from app.queries.callers import WEB_IDLE

_MOST = 100


def live_sign_ins(user_id: UUID) -> list[dict[str, Any]]:
    """Return {id, kind, address, agent, createdAt, lastSeenAt} of a person's live sessions, the last used first.

    A hundred at most; a browser's that is idle for too long is over, although its row is still open.
    """
    now = clock.now()
    rows = session().scalars(
        select(UserSession)
        .where(UserSession.user_id == user_id, UserSession.revoked_at.is_(None), UserSession.expires_at > now)
        .where(or_(UserSession.kind != "web", UserSession.last_seen_at > now - WEB_IDLE))
        .order_by(UserSession.last_seen_at.desc(), UserSession.id)
        .limit(_MOST)
    )
    return [
        {"id": row.id, "kind": row.kind, "address": row.address, "agent": row.agent}
        | {"createdAt": row.created_at, "lastSeenAt": row.last_seen_at}
        for row in rows
    ]
