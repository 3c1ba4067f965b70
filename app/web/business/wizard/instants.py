"""Local times as they are typed, and the instants that they mean, with a word where the clocks change."""

from __future__ import annotations

from datetime import UTC, datetime
from zoneinfo import ZoneInfo

from app.domain.localtime import to_instant

_TYPED = "%Y-%m-%dT%H:%M"


def typed_text(at: datetime | None, zone: ZoneInfo) -> str:
    """Write an instant as a field for local times holds it."""
    return at.astimezone(zone).strftime(_TYPED) if at else ""


def instant_of(text: str, zone: ZoneInfo, stored: datetime | None) -> str | None:
    """Return the instant that a typed local time means, as ISO text; None for nothing, the text if it is no time.

    A text that still says the stored instant keeps it to the second, also in the hour that exists twice.
    """
    if not text.strip():
        return None
    if stored is not None and text.strip() == typed_text(stored, zone):
        return stored.isoformat()
    wall = _wall(text)
    return text.strip() if wall is None else to_instant(wall, zone).isoformat()


def meant(text: str, zone: ZoneInfo) -> str | None:
    """Say which instant a typed local time is: the day, the offset, and what the clocks do to it; None for no time."""
    wall = _wall(text)
    if wall is None:
        return None
    at = to_instant(wall, zone).astimezone(zone)
    words = f"{at:%a} {at.day} {at:%b %Y, %H:%M} in {zone.key} ({_offset(at)}), {at.astimezone(UTC):%H:%M} UTC."
    if at.replace(tzinfo=None) != wall:
        return f"{words} The clocks skip {wall:%H:%M} that night."
    is_twice = wall.replace(tzinfo=zone, fold=1).utcoffset() != at.utcoffset()
    return f"{words} {wall:%H:%M} comes twice that night; the first one counts." if is_twice else words


def _wall(text: str) -> datetime | None:
    try:
        wall = datetime.fromisoformat(text.strip())
    except ValueError:
        return None
    return wall.replace(tzinfo=None) if 1900 <= wall.year <= 2200 else None


def _offset(at: datetime) -> str:
    text = f"{at:%z}"
    return f"UTC{text[:3]}:{text[3:]}"
