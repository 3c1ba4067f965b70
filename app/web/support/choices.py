"""What people choose from in the forms of a business: time zones, currencies and kinds of business, in words."""

from __future__ import annotations

from functools import cache
from typing import Any

from babel import Locale

from app.domain.accounts import CURRENCIES
from app.domain.industries import INDUSTRIES
from app.domain.localtime import zone_names
from app.web.support.context import ICONS

_ENGLISH = Locale("en")


@cache
def timezones() -> list[tuple[str, str]]:
    """Return (name, words) of the time zones that places have."""
    zones = sorted(zone for zone in zone_names() if "/" in zone and not zone.startswith(("Etc/", "SystemV/")))
    return [(zone, zone.replace("_", " ").replace("/", " / ")) for zone in zones]


@cache
def currencies() -> list[tuple[str, str]]:
    """Return (code, words) such as ("EUR", "EUR · Euro")."""
    names = {code: str(_ENGLISH.currencies.get(code, code)) for code in CURRENCIES}
    return sorted((code, f"{code} · {name}") for code, name in names.items())


def industries() -> list[dict[str, Any]]:
    """Return {key, words, icon} of each kind of business."""
    return [{"key": key, "words": words, "icon": ICONS[key]} for key, words in INDUSTRIES.items()]
