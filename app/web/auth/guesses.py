"""Where a new owner probably is, by the languages that their browser asks for."""

from __future__ import annotations

from collections.abc import Iterable
from functools import cache
from importlib.resources import files

from babel import Locale, UnknownLocaleError
from babel.core import get_global
from babel.numbers import get_territory_currencies

from app.domain.accounts import CURRENCIES
from app.domain.localtime import zone_names

_NOWHERE = {"timezone": "Europe/London", "currency": "EUR"}
_MOST = ("most of", "Eastern (most")


def guessed_place(languages: Iterable[str]) -> dict[str, str]:
    """Return the {timezone, currency} of the first language that names a country, or whose country is plain.

    "uk" is Ukraine's; the owner sees both in one line and may choose others.
    """
    for language in languages:
        territory = _territory(language)
        if territory in _first_zones():
            used = [code for code in get_territory_currencies(territory) if code in CURRENCIES]
            return {"timezone": _first_zones()[territory], "currency": used[0] if used else _NOWHERE["currency"]}
    return dict(_NOWHERE)


def _territory(language: str) -> str:
    """Return the country of "pt-BR", and for "uk" the one where most of its speakers live."""
    try:
        locale = Locale.parse(language, sep="-")
    except (UnknownLocaleError, ValueError):
        return ""
    likely = get_global("likely_subtags").get(locale.language, "")
    return locale.territory or likely.rpartition("_")[2]


@cache
def _first_zones() -> dict[str, str]:
    """Return a zone for each country: where most of it is, else the one that the time zone database names first."""
    found: dict[str, str] = {}
    for line in files("tzdata").joinpath("zoneinfo", "zone.tab").read_text(encoding="utf-8").splitlines():
        territory, _, zone, *comment = line.split("\t") if not line.startswith("#") else ("", "", "")
        is_most = any(words.startswith(_MOST) for words in comment)
        if zone in zone_names() and (is_most or territory not in found):
            found[territory] = zone
    return found
