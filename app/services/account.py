"""What a person changes of their own account: the password, and where they are signed in."""

from __future__ import annotations

from uuid import UUID

from app.core.unit_of_work import session
from app.domain.actor import Actor
from app.domain.errors import NotFound, ValidationErrors
from app.models.user_session import UserSession
from app.queries.sign_ins import live_sign_ins
from app.services import audit, sessions

_SIGNED_OUT = "signed out by the owner of the account"


def change_own_password(user_id: UUID, old: str, new: str, actor: Actor) -> None:
    """Set a new password; every session of the person ends, so that the caller has to open a new one for them.

    ValidationErrors under `current` when the old one does not fit, under `password` when the new one is the old one.
    """
    if old == new:
        raise ValidationErrors({"password": ["Choose a password that is not the one you have"]})
    if not sessions.change_password(user_id, old, new):
        raise ValidationErrors({"current": ["This is not your password"]})
    audit.record(actor, "account.password_changed", ("account", user_id))


def end_own_session(user_id: UUID, session_id: UUID) -> None:
    """Sign a person out somewhere; NotFound for a session of somebody else."""
    row = session().get(UserSession, session_id)
    if row is None or row.user_id != user_id or row.revoked_at is not None:
        raise NotFound
    sessions.end_session(session_id, _SIGNED_OUT)


def end_other_sessions(user_id: UUID, keeping: UUID | None) -> int:
    """Sign a person out everywhere but in one session; returns from how many."""
    others = [row["id"] for row in live_sign_ins(user_id) if row["id"] != keeping]
    for session_id in others:
        sessions.end_session(session_id, _SIGNED_OUT)
    return len(others)
