"""Relays the events of one business to the jobs that listen."""

from __future__ import annotations

from uuid import UUID

from app.core.unit_of_work import unit_of_work
from app.jobs.runtime import job
from app.services import relay


@job(opens="nothing", due="relay")
def relay_events(business_id: UUID) -> None:
    """Relay batch after batch until nothing is left; each batch is one transaction."""
    relayed = True
    while relayed:
        with unit_of_work(business_id):
            relayed = relay.relay_events() > 0
