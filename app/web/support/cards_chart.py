"""How far the running cards of a punch or stamp card program have come, as a chart."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from app.core import clock
from app.queries import program_page
from app.web.support.words import counted

_CARDS = {"PUNCH_CARD": ("punch", "punches", "punchesRequired"), "STAMP_CARD": ("stamp", "stamps", "stampsRequired")}
_MOST_BARS = 12


def cards_chart(program: Mapping[str, Any]) -> tuple[dict[str, Any] | None, int]:
    """The running cards by what is on them, and how many are begun; nothing for rules without a card."""
    if program["ruleType"] not in _CARDS:
        return None, 0
    one, many, key = _CARDS[program["ruleType"]]
    required = int(program["ruleConfig"][key])
    totals = program_page.cards_by_progress(program["id"], clock.now())
    unfinished = sum(total for on_card, total in totals.items() if on_card)
    if not totals or required - 1 > _MOST_BARS:
        return None, unfinished
    rows = [{"label": str(number), "total": totals.get(number, 0)} for number in range(required)]
    away = totals.get(required - 1, 0)
    title = f"{counted(away, 'person is', 'people are')} 1 {one} away"
    note = f"Members active in 90 days by {many} on their card"
    chart = {"title": title, "note": note, "label": f"Members by {many}", "first_column": many.capitalize()}
    return {**chart, "rows": rows}, unfinished
