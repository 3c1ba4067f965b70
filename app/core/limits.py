"""Rate limits: so many hits in a sliding window for each key, counted in Redis.

The window slides by counting two neighbouring slots and weighing the older one by what is still inside, all in one
script: the door asks on every request, so who is calling and how much is left are one round trip. While Redis is
away, what guards a secret that can be guessed is closed, and everything else is counted in this process.
"""

from __future__ import annotations

import math
import time
from collections.abc import Sequence
from dataclasses import dataclass
from functools import lru_cache
from typing import Any

import limits
import structlog
from limits.storage import MemoryStorage
from limits.strategies import SlidingWindowCounterRateLimiter
from redis import RedisError

from app.core import redis_client, serial

OFF = "off"

# KEYS: the counter, optionally a value without which nothing is counted, and values read along. ARGV: hits, seconds.
_SCRIPT = redis_client.Script("""
local known = {}
for place = 2, #KEYS do known[place - 1] = redis.call('GET', KEYS[place]) end
if KEYS[2] and not known[1] then return {false} end
local limit, window = tonumber(ARGV[1]), tonumber(ARGV[2])
local clock = redis.call('TIME')
local now = (tonumber(clock[1]) + tonumber(clock[2]) / 1000000) / window
local slot = math.floor(now)
local kept = redis.call('HMGET', KEYS[1], 'slot', 'current', 'before')
local current, before = 0, 0
if kept[1] then
  local age = slot - tonumber(kept[1])
  if age == 0 then current, before = tonumber(kept[2]), tonumber(kept[3]) end
  if age == 1 then before = tonumber(kept[2]) end
end
local inside, room = now - slot, limit - 1
local used = current + before * (1 - inside)
local is_over, wait = used > room, 1 - inside
if is_over and current <= room then wait = 1 - (room - current) / before - inside end
if current > room then wait = 1 - inside + 1 - room / current end
if not is_over then
  used = used + 1
  redis.call('HSET', KEYS[1], 'slot', slot, 'current', current + 1, 'before', before)
  redis.call('EXPIRE', KEYS[1], window * 2)
end
return {known, is_over and 1 or 0, math.max(0, math.floor(limit - used)), math.ceil(wait * window)}
""")

_log = structlog.get_logger(__name__)
_fallback = SlidingWindowCounterRateLimiter(MemoryStorage())


class LimitsAway(Exception):
    """Tries of a secret cannot be counted now, so none is taken."""


@dataclass(frozen=True, slots=True)
class Allowance:
    """What a limit leaves after one hit; after `reset_seconds` it allows more, to whoever is over it one more."""

    limit: int
    remaining: int
    reset_seconds: int
    is_over: bool


def hit(limit: str, *key: str, guards_secret: bool = False) -> Allowance | None:
    """Count one hit against a limit such as "100 per minute"; None when the limit is "off".

    `key` says what is limited and whose limit it is: every caller's begins with its business or address. With
    `guards_secret` raises LimitsAway while Redis is away: many processes would each allow the whole limit.
    """
    if limit == OFF:
        return None
    item = _parsed(limit)
    try:
        answer = _SCRIPT.run([_counter(item, key)], item.amount, item.get_expiry())
    except RedisError as error:
        _log.warning("limits_away", error=str(error))
        if guards_secret:
            raise LimitsAway from error
        return _hit_here(item, key)
    return _allowance(item, answer)


@dataclass(frozen=True, slots=True)
class Kept:
    """A JSON value that was kept, what its hit left (None: no limit), and the values that were read along."""

    value: Any
    allowance: Allowance | None
    along: Sequence[bytes | None]


def hit_if_kept(kept_key: str, limit: str, *key: str, along: Sequence[str] = ()) -> Kept | None:
    """Read the value under a key of Redis, and others along with it, and count a hit only if it is there.

    None means that nothing is kept, or that Redis is away: look it up and count with `hit`.
    """
    allowance = None
    try:
        if limit == OFF:
            found: Any = redis_client.ask("MGET", kept_key, *along)
        else:
            item = _parsed(limit)
            answer = _SCRIPT.run([_counter(item, key), kept_key, *along], item.amount, item.get_expiry())
            found = answer[0] or [None]
            allowance = _allowance(item, answer) if found[0] is not None else None
    except RedisError:
        return None
    return None if found[0] is None else Kept(serial.loads(found[0]), allowance, found[1:])


def _allowance(item: limits.RateLimitItem, answer: list[Any]) -> Allowance:
    _, is_over, remaining, reset = answer
    return Allowance(item.amount, remaining, max(1, reset), bool(is_over))


def _hit_here(item: limits.RateLimitItem, key: tuple[str, ...]) -> Allowance:
    is_allowed = _fallback.hit(item, *key)
    stats = _fallback.get_window_stats(item, *key)
    reset = max(1, math.ceil(stats.reset_time - time.time()))
    return Allowance(item.amount, max(0, stats.remaining), reset, not is_allowed)


def _counter(item: limits.RateLimitItem, key: tuple[str, ...]) -> str:
    return f"limit:{':'.join(key)}:{item.amount}/{item.get_expiry()}"


@lru_cache(maxsize=64)
def _parsed(limit: str) -> limits.RateLimitItem:
    return limits.parse(limit)
