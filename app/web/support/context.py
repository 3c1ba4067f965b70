"""What every template may use: the business of the page, and who is signed in."""

from __future__ import annotations

import re
from typing import Any

from flask import Flask, g, has_request_context, request

from app.domain.money import money_text
from app.domain.permissions import Caller, Permission
from app.web.support.help_links import article_of

ICONS = {
    "coffee": "cup",
    "bakery": "bread",
    "restaurant": "fork",
    "bar": "glass",
    "salon": "scissors",
    "fitness": "dumbbell",
    "retail": "bag",
    "grocery": "basket",
    "car wash": "car",
    "pets": "paw",
    "dispensary": "leaf",
    "other": "star",
}
_DEFAULT_ICON = "cup"


def start(app: Flask) -> None:
    """Offer them to every template."""
    app.context_processor(_shared)


def initials(name: str) -> str:
    """Return the first letters of the first two words."""
    return "".join(word[0] for word in re.findall(r"\w+", name)[:2]).upper()


def shop_icon() -> str:
    """Return the sprite's picture for what the business of the page sells."""
    return ICONS.get(g.business["industry"] or "", _DEFAULT_ICON)


def currency_symbol() -> str:
    """Return the sign of the business's money, as amounts are written."""
    return money_text(0, g.business["currency"]).replace("0", "").replace(".", "").strip()


def _shared() -> dict[str, Any]:
    return {
        "business": _business(),
        "user": _user(),
        "help_article": article_of(request.endpoint if has_request_context() else None),
        "attention_total": (g.get("business") or {}).get("attention_total"),
    }


def _business() -> dict[str, Any] | None:
    found: dict[str, Any] | None = g.get("business")
    if found is None:
        return None
    return found | {
        "initials": initials(found["name"]),
        "icon": shop_icon(),
        "currency_symbol": currency_symbol(),
    }


def _user() -> dict[str, Any] | None:
    caller: Caller | None = g.get("caller")
    if caller is None:
        return None
    return {
        "name": caller.actor.name,
        "initials": initials(caller.actor.name) or "?",
        "role_words": caller.role.capitalize(),
        "is_owner": caller.may(Permission.DASHBOARD_VIEW),
    }
