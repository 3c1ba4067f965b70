"""The audit log: who changed what, in the transaction of the change."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any
from uuid import UUID

import structlog

from app.core import clock
from app.core.ids import new_id
from app.core.unit_of_work import session
from app.domain.actor import Actor
from app.models.audit_log import AuditRecord

Fields = Mapping[str, Any]


def record(
    actor: Actor,
    action: str,
    target: tuple[str, UUID | None],
    before: Fields | None = None,
    after: Fields | None = None,
) -> None:
    """Write one record: `action` is "program.paused", `target` ("program", id), then plain JSON of the fields.

    Of two full states only the fields that differ are kept; secrets must not be handed in.
    """
    if before is not None and after is not None:
        before, after = _differing(before, after), _differing(after, before)
    session().add(
        AuditRecord(
            id=new_id(),
            actor_kind=actor.kind,
            actor_id=actor.id,
            actor_name=actor.name,
            action=action,
            target_kind=target[0],
            target_id=target[1],
            before=None if before is None else dict(before),
            after=None if after is None else dict(after),
            request_id=structlog.contextvars.get_contextvars().get("request_id"),
            recorded_at=clock.now(),
        )
    )


def _differing(these: Fields, those: Fields) -> Fields:
    return {name: value for name, value in these.items() if name not in those or those[name] != value}
