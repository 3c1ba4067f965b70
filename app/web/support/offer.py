"""What a business offers to who joins: the program that comes first, in one sentence and as an empty card."""

from __future__ import annotations

from typing import Any

from app.core import clock
from app.domain.program import ProgramVersion
from app.queries.live_versions import live_versions
from app.web.support.context import shop_icon
from app.web.support.sentences import rule_sentence
from app.web.support.words import counted

_CARDS = {"PUNCH_CARD": ("punches_required", "punch"), "STAMP_CARD": ("stamps_required", "stamp")}
_MOST_DRAWN = 12


def live_offers() -> list[ProgramVersion]:
    """Return what runs now and is for everybody, in the order in which it counts."""
    now = clock.now()
    return [version for version in live_versions(now, now).at(now) if not version.segments]


def front_offer(business: dict[str, Any]) -> dict[str, Any]:
    """Return {sentence, gift, standing}: ``gift`` is what the card starts with, in words, ``standing`` its picture."""
    offers = live_offers()
    if not offers:
        return {"sentence": f"Your card at {business['name']}", "gift": None, "standing": None}
    first = offers[0]
    return {"sentence": rule_sentence(first), "gift": _gift(first), "standing": _empty_card(first)}


def _gift(version: ProgramVersion) -> str | None:
    start = getattr(version.config, "endowed_start", 0)
    if not start:
        return None
    one = _CARDS[version.rule_type][1]
    words = counted(start, one, "punches" if one == "punch" else None)
    return f"{words} {'is' if start == 1 else 'are'} on us."


def _empty_card(version: ProgramVersion) -> dict[str, Any] | None:
    if version.rule_type not in _CARDS:
        return None
    field, one = _CARDS[version.rule_type]
    total = int(getattr(version.config, field))
    if total > _MOST_DRAWN:
        return None
    filled = int(getattr(version.config, "endowed_start", 0))
    many = "punches" if one == "punch" else "stamps"
    return {"filled": filled, "total": total, "icon": shop_icon(), "spoken": f"{filled} of {total} {many} to start"}
