"""The floor: a fact is a row in the transaction that made it true; jobs and webhooks read it later."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any
from uuid import UUID

from app.core import clock
from app.core.bulk import insert_rows
from app.core.ids import new_id
from app.core.tenancy import current_business_id
from app.domain.events import EventType
from app.domain.message_registry import WANTED
from app.models.outbox import OutboxEvent
from app.services import due
from app.services.webhook_subscriptions import is_wanted_outside


@dataclass(slots=True)
class Fact:
    """One event about one program or member; ``sequence`` is the aggregate's own next number."""

    event_type: EventType
    aggregate: str
    aggregate_id: UUID
    sequence: int
    payload: Mapping[str, Any]


def record(*facts: Fact) -> None:
    """Write events; the caller holds the lock of each aggregate. Rings the relay when somebody listens."""
    record_all(facts)


def record_all(facts: Sequence[Fact]) -> None:
    """Like ``record``, one statement for any number of facts."""
    business_id = current_business_id()
    recorded_at = clock.now()
    rows = [_row(fact, str(business_id), recorded_at) for fact in facts]
    insert_rows(OutboxEvent, rows)
    if any(row["is_wanted"] for row in rows):
        due.announce("relay", queue="notifications", job="relay.relay_events")


def _row(fact: Fact, business_id: str, recorded_at: Any) -> dict[str, Any]:
    return {
        "id": new_id(),
        "event_type": fact.event_type.value,
        "aggregate": fact.aggregate,
        "aggregate_id": fact.aggregate_id,
        "sequence": fact.sequence,
        "payload": {"businessId": business_id, **fact.payload},
        "recorded_at": recorded_at,
        "is_wanted": fact.event_type in WANTED or is_wanted_outside(fact.event_type.value),
        "relayed_at": None,
    }
