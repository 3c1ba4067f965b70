"""Rewards as pages show them: the customer's card, the row of the catalogue, and what the points mean."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Any
from uuid import UUID

from flask import g, url_for

from app.core import clock
from app.domain.expiry import last_day
from app.domain.opening_hours import hours_sentence
from app.domain.reward_registry import REWARD_KINDS, read_value, value_words
from app.queries.reward_reach import PointsProgram, reach
from app.web.business.rewards import form
from app.web.support.formatting import money, short_day, zone
from app.web.support.words import counted

ICONS = {
    "discount": "tag",
    "free_product": "gift",
    "free_shipping": "bag",
    "exclusive_access": "star",
    "cash_back": "coin",
}
METHODS = {"in_store": "In the shop", "digital": "Online", "shipping": "Sent to them"}
_LOW = 5


def tile(reward: Mapping[str, Any], uses: tuple[int, int] = (0, 0), program_name: str = "") -> dict[str, Any]:
    """Return what a tile or row of the catalogue shows of a stored reward; ``uses``: (30 days, open)."""
    return {
        "id": reward["id"],
        "card": card(reward),
        "type_words": REWARD_KINDS[reward["rewardType"]].TITLE,
        "is_on": reward["active"],
        "stock_words": stock_words(reward),
        "is_low": reward["quantityRemaining"] is not None and reward["quantityRemaining"] <= _LOW,
        "tier": reward["tierExclusive"],
        "hours_words": hours_sentence(reward["validHours"]),
        "methods_words": _methods_words(reward["deliveryMethods"]),
        "dates_words": dates_words(reward["startsAt"], reward["endsAt"]),
        "program_name": program_name or "Any points program",
        "recent": uses[0],
        "open": uses[1],
        "version": reward["version"],
    }


def card(reward: Mapping[str, Any]) -> dict[str, Any]:
    """Return the card that customers see."""
    return {
        "name": reward["name"],
        "words": reward["valueWords"],
        "description": reward["description"],
        "cost_words": counted(reward["pointsCost"], "point"),
        "icon": ICONS[reward["rewardType"]],
        "image_url": url_for("pictures.show", key=reward["imageKey"]) if reward["imageKey"] else None,
        "image_alt": reward["imageAlt"],
        "tier": reward["tierExclusive"],
        "is_out": reward["quantityRemaining"] == 0,
    }


def typed_card(typed: form.Typed, stored: Mapping[str, Any] | None = None) -> dict[str, Any]:
    """Return the card of what stands in the form now, as far as it makes sense."""
    kind = typed["reward_type"] if typed["reward_type"] in REWARD_KINDS else "free_product"
    body, _ = form.read({**typed, "reward_type": kind}, zone())
    value, problems = read_value(kind, body["value"], g.business["currency"])
    cost = _points(typed)
    image_key = stored["imageKey"] if stored else None
    return {
        "name": typed["name"] or "Name of the reward",
        "words": "" if problems else value_words(kind, value, g.business["currency"]),
        "description": typed["description"],
        "cost_words": counted(cost, "point") if cost else "… points",
        "icon": ICONS[kind],
        "image_url": url_for("pictures.show", key=image_key) if image_key else None,
        "image_alt": typed["image_alt"],
        "tier": typed["tier_exclusive"],
        "is_out": False,
    }


def cost_words(typed: form.Typed, programs: list[PointsProgram]) -> str:
    """Return what so many points mean: "≈ $4.10 spend; 12 % of members could get this today"."""
    cost = _points(typed)
    if not cost:
        return "Enter the points, and here stands what they mean."
    if not programs:
        return "There is no points program yet, so nobody can pay with points."
    chosen = [each for each in programs if str(each.id) == typed["program_id"]]
    found = reach(cost, (chosen or programs)[0], g.business["currency"])
    assert found.spend_minor is not None
    share = f"{round(100 * found.able / found.members)} % of members" if found.members else "no member"
    return f"≈ {money(found.spend_minor, g.business['currency'])} spend; {share} could get this today"


def stock_words(reward: Mapping[str, Any]) -> str:
    """Return the stock in words."""
    left, total = reward["quantityRemaining"], reward["quantityAvailable"]
    if total is None:
        return "Unlimited"
    if not left:
        return "Out of stock, hidden" if reward["hideWhenOut"] else "Out of stock"
    return f"{left:,} left of {total:,}"


def _methods_words(methods: Sequence[str]) -> str:
    """Return the ways in which members may get it; nothing where that is the shop alone."""
    return "" if list(methods) == ["in_store"] else ", ".join(words for key, words in METHODS.items() if key in methods)


def dates_words(starts_at: datetime | None, ends_at: datetime | None) -> str:
    """Return when it is offered; empty where it always is."""
    now = clock.now()
    if ends_at is not None and ends_at <= now:
        return f"Until {short_day(last_day(ends_at, zone()))}, over"
    said = [f"from {short_day(starts_at)}"] if starts_at is not None and starts_at > now else []
    said += [f"until {short_day(last_day(ends_at, zone()))}"] if ends_at is not None else []
    words = " ".join(said)
    return words[:1].upper() + words[1:]


def _points(typed: form.Typed) -> int:
    text = typed["points_cost"].replace(",", "")
    return int(text) if text.isdecimal() and len(text) < 10 else 0


def program_names_of(programs: list[PointsProgram]) -> dict[UUID, str]:
    """Return the names by id."""
    return {each.id: each.name for each in programs}
