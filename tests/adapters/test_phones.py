"""Phone numbers as people type them, in E.164."""

import pytest

from app.adapters.phones import country_guess, e164


@pytest.mark.parametrize("typed", ["050 123 45 67", "+380501234567", "(050) 123-45-67", "00380501234567"])
def test_every_spelling_is_one_number(typed: str) -> None:
    assert e164(typed, "UA") == "+380501234567"


@pytest.mark.parametrize(("typed", "country"), [("12", "UA"), ("hello", "UA"), ("0501234567", None), ("+3805", None)])
def test_what_no_phone_has_is_refused(typed: str, country: str | None) -> None:
    with pytest.raises(ValueError, match="phone"):
        e164(typed, country)


@pytest.mark.parametrize(
    ("timezone", "currency", "country"),
    [
        ("Europe/Kyiv", "UAH", "UA"),
        ("Europe/Berlin", "EUR", "DE"),
        ("UTC", "USD", "US"),
        ("UTC", "EUR", None),
        ("UTC", "XAF", None),
    ],
)
def test_the_country_is_guessed_by_the_timezone_then_by_the_currency(
    timezone: str, currency: str, country: str | None
) -> None:
    assert country_guess(timezone, currency) == country
