"""What settling reads about a member and answers about a purchase: plain rows, no behaviour."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date, datetime
from types import MappingProxyType
from uuid import UUID

from app.domain.boosts import NONE, Multipliers
from app.domain.rule_type import State, Trace

Usage = Mapping[tuple[str, str], int]  # (unit, window key) -> used so far


@dataclass(frozen=True, slots=True)
class MemberFacts:
    """The member as of settling; `multipliers` carries the private one, the campaign's and the badge's."""

    status: str = "active"
    segments: frozenset[str] = frozenset()
    multipliers: Multipliers = NONE


@dataclass(frozen=True, slots=True)
class Standing:
    """A member's place in one program, before this purchase.

    `issued` are vouchers given and not revoked, those lost to a cap included. `in_order` says that no purchase later
    than this one has been counted; when it has, `is_first_of_day` says that no earlier one of this local day was.
    """

    enrolled: bool = False
    state: State | None = None
    in_order: bool = True
    is_first_of_day: bool = True
    issued: int = 0
    cap_used: Usage = field(default_factory=lambda: MappingProxyType({}))


NEWCOMER = Standing()


@dataclass(slots=True)
class Outcome:
    """What one purchase did in one program, absolute at its revision; cashback in minor units.

    `adds` above 0 means that the purchase is counted and enters every later recount, whatever `code` says.
    `state`, `due`, `rewards` (vouchers to issue now), `forfeited` (lost to a cap) are set when it came in order; after
    a late one the caller recounts. `multipliers` may hold the private one and is never shown.
    """

    program_id: UUID
    version_id: UUID
    local_day: date
    code: str | None = None
    adds: int = 0
    computed: int = 0
    points: int = 0
    cashback_minor: int = 0
    punches: int = 0
    stamps: int = 0
    visits: int = 0
    rewards: int = 0
    forfeited: int = 0
    state: State | None = None
    due: int | None = None
    tier: str | None = None
    multipliers: dict[str, str] = field(default_factory=dict)
    trace: Trace = field(default_factory=list)
    available_at: datetime | None = None
    expires_at: datetime | None = None


@dataclass(frozen=True, slots=True)
class Granted:
    """An earlier outcome of the purchase, as a correction reads it."""

    code: str | None = None
    computed: int = 0
    points: int = 0
    cashback_minor: int = 0
    adds: int = 0
    punches: int = 0
    stamps: int = 0
    visits: int = 0
    multipliers: Mapping[str, str] = field(default_factory=dict)
