"""Rewards that are ready, as pages list them: the same reward of a program once, with how many there are."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any

from app.web.support.formatting import last_short_day

Voucher = Mapping[str, Any]


def ready_rewards(vouchers: Iterable[Voucher], program_names: Mapping[Any, str]) -> list[dict[str, Any]]:
    """Return {id, words, program_name, note, total}, what runs out first before the others.

    ``vouchers`` of any status; ``id`` is that of the one that runs out first.
    """
    groups: dict[tuple[Any, str], list[Voucher]] = {}
    for voucher in vouchers:
        if voucher["status"] == "available":
            groups.setdefault((voucher["programId"], voucher["description"]), []).append(voucher)
    rows = [_reward(same, program_names.get(program_id, "")) for (program_id, _), same in groups.items()]
    return sorted(rows, key=_urgency)


def _reward(same: list[Voucher], program_name: str) -> dict[str, Any]:
    ends = [voucher["expiresAt"] for voucher in same if voucher["expiresAt"]]
    until = min(ends, default=None)
    soonest = next(voucher for voucher in same if voucher["expiresAt"] == until)
    first = "The first until" if len(same) > 1 else "Until"
    return {
        "id": soonest["id"],
        "words": same[0]["description"],
        "program_name": program_name,
        "note": f"{first} {last_short_day(until)}" if until else "No end date",
        "total": len(same),
        "until": until,
    }


def _urgency(row: Mapping[str, Any]) -> tuple[bool, float, str]:
    until = row["until"]
    return until is None, until.timestamp() if until else 0, row["words"]
