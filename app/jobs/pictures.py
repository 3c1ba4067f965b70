"""Sweeps away pictures of one business that nothing points to."""

from __future__ import annotations

from uuid import UUID

from app.jobs.runtime import job
from app.services import stray_pictures


@job()
def sweep_pictures(_business_id: UUID) -> None:
    """Look once; whatever is kept meanwhile is left for another day."""
    stray_pictures.sweep_pictures()
