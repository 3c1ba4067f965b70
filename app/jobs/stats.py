"""Keeps the figures that lists and Home show."""

from __future__ import annotations

from uuid import UUID

from app.jobs.runtime import job
from app.services import program_stats


@job(due="stats")
def fold_program_stats(_business_id: UUID) -> None:
    """Fold what settling left; run twice, it finds nothing the second time."""
    program_stats.fold_program_stats()
    program_stats.fold_program_totals()
