"""Relays the events of one business to the jobs that listen."""

from __future__ import annotations

from uuid import UUID

from app.core.unit_of_work import unit_of_work
from app.jobs.runtime import job
from app.services import due, relay


@job(opens="nothing", due="relay")
def relay_events(business_id: UUID) -> None:
    """Relay batch after batch, each one transaction; what another relay holds is looked at again by the next sweep."""
    relayed = True
    while relayed:
        with unit_of_work(business_id):
            relayed = relay.relay_events() > 0
    with unit_of_work(business_id):
        if relay.has_unrelayed():
            due.leave("relay")
