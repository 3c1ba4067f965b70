"""The till's own rules: how long wrong PINs lock, when a till locks by itself, and when something happened."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

FREE_TRIES = 5
"""Wrong PINs in a row before the first lock (RELIABILITY P-23); each one after a lock doubles the next."""
UNDO_WITHIN = timedelta(seconds=10)
UNDO_SLACK = timedelta(seconds=5)
ASK_AGAIN_WITHIN = timedelta(seconds=60)
MOVE_WITHIN = timedelta(minutes=10)
TOO_OLD = timedelta(hours=72)
MOST_OFFLINE_REWARDS = 20

_FIRST_LOCK = timedelta(minutes=15)
_LONGEST_LOCK = timedelta(days=1)
_AFTER_A_SALE = timedelta(seconds=15)

AUTO_LOCKS: dict[str, tuple[str, timedelta]] = {
    "sale": ("After each sale", timedelta(minutes=15)),
    "2min": ("After 2 minutes without a tap", timedelta(minutes=2)),
    "15min": ("After 15 minutes without a tap", timedelta(minutes=15)),
}


@dataclass(frozen=True, slots=True)
class TillSettings:
    """How the owner wants the tills to behave; `offline_rewards` is how many a till may give while it is cut off."""

    auto_lock: str = "15min"
    offline_rewards: int = 0

    @property
    def idle(self) -> timedelta:
        """How long a till may lie untouched before it locks."""
        return AUTO_LOCKS[self.auto_lock][1]

    @property
    def after_sale(self) -> timedelta | None:
        """How long a sign-in outlives a sale: long enough to read the result and undo it; None for no end."""
        return _AFTER_A_SALE if self.auto_lock == "sale" else None


_USUAL = TillSettings()


def till_settings(settings: Mapping[str, Any]) -> TillSettings:
    """Read them from a business's settings; whatever is missing or odd counts as not set."""
    kept = settings.get("till")
    kept = kept if isinstance(kept, Mapping) else {}
    auto_lock, rewards = kept.get("autoLock"), kept.get("offlineRewards")
    return TillSettings(
        auto_lock if auto_lock in AUTO_LOCKS else _USUAL.auto_lock,
        rewards if isinstance(rewards, int) and 0 <= rewards <= MOST_OFFLINE_REWARDS else 0,
    )


def lock_after(failures: int) -> timedelta | None:
    """How long so many wrong PINs in a row lock: 15 minutes from the fifth on, doubling each time, at most a day."""
    if failures < FREE_TRIES:
        return None
    doublings = min(failures - FREE_TRIES, 10)
    return min(_FIRST_LOCK * int(2**doublings), _LONGEST_LOCK)


def happened_at(by_device: datetime, offset: timedelta, now: datetime) -> datetime:
    """When something happened by our clock: what the device's clock said, corrected, and never in the future."""
    return min(by_device + offset, now)
