"""The built-in segments: who a member is by the clock (so far one; thresholds and the owner's own come later)."""

from datetime import datetime, timedelta

NEW_FOR = timedelta(days=30)
_NEW = frozenset({"new"})
_NONE: frozenset[str] = frozenset()

BUILT_IN = _NEW


def built_in_segments(joined_at: datetime, now: datetime) -> frozenset[str]:
    """``new`` for a member who joined within 30 days of ``now`` (the instant of settling)."""
    return _NEW if now - joined_at < NEW_FOR else _NONE
