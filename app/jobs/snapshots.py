"""Writes the snapshots of one business once its day is over."""

from __future__ import annotations

from uuid import UUID

from app.jobs.runtime import job
from app.services import snapshots


@job(due="day")
def write_snapshots(_business_id: UUID) -> None:
    """Write what is missing; run twice, it finds nothing the second time."""
    snapshots.write_snapshots()
