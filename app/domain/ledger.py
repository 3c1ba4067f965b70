"""The arithmetic of the books: which lot is spent first, how debts are repaid, and the hash that chains the entries."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from hashlib import sha256
from json import JSONEncoder
from typing import Any
from uuid import UUID

FIRST_HASH = bytes(32)
SEALED = (
    "id",
    "enrollment_id",
    "member_id",
    "program_id",
    "version_id",
    "number",
    "unit",
    "kind",
    "amount",
    "balance_after",
    "purchase_id",
    "source_key",
    "reverses_entry_id",
    "staff_id",
    "location_id",
    "occurred_at",
    "recorded_at",
    "trace",
    "note_digest",
)
"""The fields of an entry that its hash covers: all but the hashes themselves and the business."""

_NEVER = datetime.max.replace(tzinfo=UTC)
_JSON = JSONEncoder(sort_keys=True, separators=(",", ":"), ensure_ascii=False, default=str)


@dataclass(frozen=True, slots=True)
class LotView:
    """What is left of points that were earned together."""

    id: UUID
    remaining: int
    earned_at: datetime
    available_at: datetime
    expires_at: datetime | None


def spend_order(lots: Sequence[LotView]) -> list[LotView]:
    """Soonest to expire first, never last, then earned first (PRODUCT 2); the id decides what is still equal."""
    return sorted(lots, key=_spending_place)


def repay_owed(owed: int, amount: int) -> tuple[int, int]:
    """(repaid, kept) of newly earned points: what is owed is taken from the next points earned (RULES 4)."""
    repaid = min(owed, amount)
    return repaid, amount - repaid


def entry_hash(previous: bytes | None, entry: Mapping[str, Any]) -> bytes:
    """The seal of a ledger entry: sha256 over the seal before it and one canonical line of the SEALED fields.

    The fields stand in that order, joined by U+001F. An instant is written in UTC with microseconds, bytes in hex,
    null as the empty text, JSON with sorted keys; U+001F and the backslash in a text are escaped, so that no two
    entries share a line.
    """
    line = "\x1f".join([_canonical(entry[name]) for name in SEALED])
    return sha256((previous or FIRST_HASH) + line.encode()).digest()


def _spending_place(lot: LotView) -> tuple[bool, datetime, datetime, UUID]:
    return (lot.expires_at is None, lot.expires_at or _NEVER, lot.earned_at, lot.id)


def _canonical(value: object) -> str:
    if value is None:
        return ""
    if isinstance(value, str):
        return value.replace("\\", "\\\\").replace("\x1f", "\\x1f")
    if isinstance(value, datetime):
        return value.astimezone(UTC).isoformat(timespec="microseconds")
    if isinstance(value, bytes):
        return value.hex()
    return _canonical(_JSON.encode(value)) if isinstance(value, list | dict) else str(value)
