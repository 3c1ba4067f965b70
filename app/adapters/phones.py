"""Phone numbers as people type them, turned into E.164."""

from __future__ import annotations

from functools import cache
from importlib import resources

import phonenumbers


def e164(text: str, country: str | None) -> str:
    """Return the number as ``+380501234567``.

    ``country`` (ISO 3166 alpha-2) completes a number without a country code. Raises ValueError when the number has a
    length that its country does not use, or an extension. Ranges are not checked: new ones open before the library
    hears of them.
    """
    try:
        number = phonenumbers.parse(text, country)
    except phonenumbers.NumberParseException as error:
        raise ValueError("This is not a phone number") from error
    if not phonenumbers.is_possible_number(number) or number.extension:
        raise ValueError("No phone has this number")
    return phonenumbers.format_number(number, phonenumbers.PhoneNumberFormat.E164)


def country_guess(timezone: str, currency: str) -> str | None:
    """Return the country a business most likely calls from: of its timezone, else of its currency.

    ISO 4217 codes start with the ISO 3166 code of their country, save for those of unions (EUR, XAF …).
    """
    country = _countries_by_timezone().get(timezone, currency[:2])
    return country if country in phonenumbers.SUPPORTED_REGIONS else None


def example(country: str | None) -> str:
    """Return a mobile number as people of the country write theirs, or one with a country code."""
    number = phonenumbers.example_number_for_type(country or "US", phonenumbers.PhoneNumberType.MOBILE)
    style = phonenumbers.PhoneNumberFormat.NATIONAL if country else phonenumbers.PhoneNumberFormat.INTERNATIONAL
    return str(phonenumbers.format_number(number, style)) if number else "+380 67 123 45 67"


@cache
def _countries_by_timezone() -> dict[str, str]:
    lines = resources.files("tzdata").joinpath("zoneinfo", "zone.tab").read_text("utf-8").splitlines()
    rows = (line.split("\t") for line in lines if line and not line.startswith("#"))
    return {row[2]: row[0] for row in rows}
