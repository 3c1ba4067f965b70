"""Money as a whole number of minor units: reading it from JSON, writing it back, and saying it in words."""

import re
from decimal import Decimal
from functools import cache

# ISO 4217: the currencies whose minor unit is not a hundredth.
_EXPONENTS = {
    **dict.fromkeys(
        [
            "BIF",
            "CLP",
            "DJF",
            "GNF",
            "ISK",
            "JPY",
            "KMF",
            "KRW",
            "PYG",
            "RWF",
            "UGX",
            "UYI",
            "VND",
            "VUV",
            "XAF",
            "XOF",
            "XPF",
        ],
        0,
    ),
    **dict.fromkeys(["BHD", "IQD", "JOD", "KWD", "LYD", "OMR", "TND"], 3),
    **dict.fromkeys(["CLF", "UYW"], 4),
}
_SYMBOLS = {
    "USD": "$", "EUR": "€", "GBP": "£", "UAH": "₴", "JPY": "¥", "INR": "₹", "PLN": "zł ", "KRW": "₩", "ILS": "₪",
    "TRY": "₺", "NGN": "₦", "PHP": "₱", "VND": "₫", "CAD": "CA$", "AUD": "A$", "NZD": "NZ$", "CHF": "CHF ",
    "BRL": "R$", "MXN": "MX$", "ZAR": "R",
}  # fmt: skip
_PLAIN = re.compile(r"-?\d+(\.\d+)?")
_MOST_DIGITS = 24


class MoneyError(ValueError):
    """The text of the error is a sentence for the person who typed the amount."""


@cache
def exponent(currency: str) -> int:
    """Decimals of an ISO 4217 currency: 2 unless the table says otherwise."""
    return _EXPONENTS.get(currency.upper(), 2)


def to_minor(value: Decimal | str | int, currency: str) -> int:
    """Minor units of an amount in major units; raises MoneyError rather than round (RULES 1)."""
    return scaled(exact(value), exponent(currency))


def exact(value: object) -> Decimal:
    """The Decimal that a JSON number or a decimal string says; refuses booleans, NaN, infinities and binary floats."""
    if isinstance(value, str):
        return _from_text(value)
    if isinstance(value, bool) or not isinstance(value, int | Decimal):
        raise MoneyError("Enter a number")
    number = Decimal(value)
    if not number.is_finite() or abs(number.adjusted()) > _MOST_DIGITS:
        raise MoneyError("Enter a number")
    return number


def scaled(number: Decimal, places: int) -> int:
    """`number` in units of 10**-places, exactly."""
    numerator, denominator = number.as_integer_ratio()
    units: int = 10**places
    minor, left = divmod(numerator * units, denominator)
    if left:
        raise MoneyError("Use whole amounts" if places == 0 else f"Use at most {places} decimals")
    return minor


def format_money(minor: int, currency: str) -> str:
    """Plain digits in major units, as API answers carry them: 4250 USD -> "42.50"."""
    places = exponent(currency)
    if places == 0:
        return str(minor)
    whole, rest = divmod(abs(minor), 10**places)
    return f"{'-' if minor < 0 else ''}{whole}.{rest:0{places}d}"


def money_text(minor: int, currency: str) -> str:
    """The amount as people read it: "$42.50", "€1,000.00", "30.00 SEK"; a minus sign goes in front."""
    whole, point, rest = format_money(abs(minor), currency).partition(".")
    digits = f"{int(whole):,}{point}{rest}"
    symbol = _SYMBOLS.get(currency.upper())
    return f"{'−' if minor < 0 else ''}{f'{symbol}{digits}' if symbol else f'{digits} {currency.upper()}'}"


def brief_text(minor: int, currency: str) -> str:
    """The amount as a sentence wants it: without decimals where they are all nought ("$5", "$5.50")."""
    text = money_text(minor, currency)
    places = exponent(currency)
    return text.replace("." + "0" * places, "") if places and minor % 10**places == 0 else text


def unit_text(currency: str) -> str:
    """One unit of a currency: "$1", "1 SEK"."""
    return brief_text(10 ** exponent(currency), currency)


def _from_text(text: str) -> Decimal:
    stripped = text.strip()
    if len(stripped) > _MOST_DIGITS or not _PLAIN.fullmatch(stripped) or not stripped.isascii():
        raise MoneyError("Enter a number")
    return Decimal(stripped)
