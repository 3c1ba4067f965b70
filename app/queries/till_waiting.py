"""What of the tills waits for the owner, as conditions: the count of every page and the list itself say the same."""

from __future__ import annotations

from app.models.device import PinGuard
from app.models.till_item import TillItem

OPEN_CONFLICT = (TillItem.outcome == "conflict", TillItem.resolved_at.is_(None))
OPEN_REPORT = (PinGuard.reported_at.is_not(None), PinGuard.seen_at.is_(None))
