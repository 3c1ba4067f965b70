"""Rate limits: so many hits in a sliding window for each key, counted in Redis, or in this process while it is away."""

from __future__ import annotations

import math
import time
from dataclasses import dataclass
from functools import lru_cache

import limits
import structlog
from limits.storage import MemoryStorage
from limits.strategies import RateLimiter, SlidingWindowCounterRateLimiter

from app.core.extensions import limiter

OFF = "off"

_log = structlog.get_logger(__name__)
_fallback = SlidingWindowCounterRateLimiter(MemoryStorage())


@dataclass(frozen=True, slots=True)
class Allowance:
    """What a limit leaves after one hit; `reset_seconds` until it allows more."""

    limit: int
    remaining: int
    reset_seconds: int
    is_over: bool


def hit(limit: str, *key: str) -> Allowance | None:
    """Count one hit against a limit such as "100 per minute"; None when the limit is "off".

    `key` says what is limited and whose limit it is: every caller's begins with its business or address.
    """
    if limit == OFF:
        return None
    item = _parsed(limit)
    try:
        return _hit(limiter.limiter, item, key)
    except Exception as error:
        _log.warning("limits_away", error=str(error))
        return _hit(_fallback, item, key)


def _hit(strategy: RateLimiter, item: limits.RateLimitItem, key: tuple[str, ...]) -> Allowance:
    is_allowed = strategy.hit(item, *key)
    stats = strategy.get_window_stats(item, *key)
    reset = max(1, math.ceil(stats.reset_time - time.time()))
    return Allowance(item.amount, max(0, stats.remaining), reset, not is_allowed)


@lru_cache(maxsize=64)
def _parsed(limit: str) -> limits.RateLimitItem:
    return limits.parse(limit)
