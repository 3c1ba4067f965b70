"""Whether a member may have a reward now, and the sentence that says why not: one reading for till, portal and API."""

from dataclasses import dataclass, field
from datetime import datetime
from zoneinfo import ZoneInfo

from app.domain.opening_hours import Hours, covers, hours_sentence

OUT = "out_of_stock"
TIER = "tier_required"
NOT_NOW = "not_available"
TOO_FEW = "insufficient_points"


@dataclass(frozen=True, slots=True)
class Offer:
    """What a reward asks for; ``remaining`` None is an unlimited stock, no ``hours`` are any time."""

    name: str
    points_cost: int
    is_active: bool
    starts_at: datetime | None
    ends_at: datetime | None
    remaining: int | None
    per_member_limit: int | None
    tier_exclusive: str | None
    hours: Hours = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Asker:
    """Who wants it: ``tiers`` held or passed, ``taken`` of this reward so far, ``balance`` usable where they pay."""

    status: str
    tiers: frozenset[str]
    taken: int
    balance: int


@dataclass(frozen=True, slots=True)
class Refusal:
    """A code of API.md and its sentence."""

    code: str
    message: str


def refusal(offer: Offer, asker: Asker, now: datetime, zone: ZoneInfo | None = None) -> Refusal | None:
    """The first reason against it, None when they may have it; hours are looked at on the clock of ``zone``."""
    return (
        _closed(offer, asker, now)
        or _out(offer)
        or _not_theirs(offer, asker)
        or _too_few(offer, asker)
        or _outside(offer, now, zone)
    )


def outside_words(name: str, hours: Hours) -> str:
    """Say when a reward with hours can be had."""
    return f"{name} can be had {hours_sentence(hours)}"


def points_to_go(offer: Offer, asker: Asker) -> int:
    """Points that are missing; 0 when there are enough."""
    return max(0, offer.points_cost - asker.balance)


def _closed(offer: Offer, asker: Asker, now: datetime) -> Refusal | None:
    if asker.status in ("suspended", "expired"):
        return Refusal(NOT_NOW, f"This member is {asker.status} and cannot redeem")
    if not offer.is_active:
        return Refusal(NOT_NOW, f"{offer.name} is not offered at the moment")
    if offer.starts_at is not None and offer.starts_at > now:
        return Refusal(NOT_NOW, f"{offer.name} is not offered yet")
    if offer.ends_at is not None and offer.ends_at <= now:
        return Refusal(NOT_NOW, f"{offer.name} is no longer offered")
    return None


def _out(offer: Offer) -> Refusal | None:
    return Refusal(OUT, f"{offer.name} is out of stock") if offer.remaining == 0 else None


def _not_theirs(offer: Offer, asker: Asker) -> Refusal | None:
    if offer.tier_exclusive is not None and offer.tier_exclusive not in asker.tiers:
        return Refusal(TIER, f"{offer.name} is for {offer.tier_exclusive} members")
    if offer.per_member_limit is not None and asker.taken >= offer.per_member_limit:
        times = "once" if offer.per_member_limit == 1 else f"{offer.per_member_limit:,} times"
        return Refusal(NOT_NOW, f"Each member can have {offer.name} {times}")
    return None


def _too_few(offer: Offer, asker: Asker) -> Refusal | None:
    missing = points_to_go(offer, asker)
    return Refusal(TOO_FEW, f"{missing:,} point{'' if missing == 1 else 's'} to go") if missing else None


def _outside(offer: Offer, now: datetime, zone: ZoneInfo | None) -> Refusal | None:
    if zone is None or covers(offer.hours, now.astimezone(zone)):
        return None
    return Refusal(NOT_NOW, outside_words(offer.name, offer.hours))
