"""What a person may type when signing up or being taken on; the errors are sentences for them."""

from __future__ import annotations

import re
from functools import cache
from importlib.resources import files

_CODES = """
    AED AFN ALL AMD ANG AOA ARS AUD AWG AZN BAM BBD BDT BGN BHD BIF BMD BND BOB BRL BSD BTN BWP BYN BZD CAD CDF CHF CLP
    CNY COP CRC CUP CVE CZK DJF DKK DOP DZD EGP ERN ETB EUR FJD FKP GBP GEL GHS GIP GMD GNF GTQ GYD HKD HNL HTG HUF IDR
    ILS INR IQD IRR ISK JMD JOD JPY KES KGS KHR KMF KPW KRW KWD KYD KZT LAK LBP LKR LRD LSL LYD MAD MDL MGA MKD MMK MNT
    MOP MRU MUR MVR MWK MXN MYR MZN NAD NGN NIO NOK NPR NZD OMR PAB PEN PGK PHP PKR PLN PYG QAR RON RSD RUB RWF SAR SBD
    SCR SDG SEK SGD SHP SLE SOS SRD SSP STN SVC SYP SZL THB TJS TMT TND TOP TRY TTD TWD TZS UAH UGX USD UYU UZS VED VES
    VND VUV WST XAF XCD XOF XPF YER ZAR ZMW ZWG
"""
CURRENCIES = frozenset(_CODES.split())

_EMAIL = re.compile(
    r"[^@\s,;<>()\[\]\\\"\x00-\x1f]+@[^@\s,;<>()\[\]\\\"\x00-\x1f.]+(\.[^@\s,;<>()\[\]\\\"\x00-\x1f.]+)+"
)
_PIN = re.compile(r"[0-9]{6}")
_SHORTEST_PASSWORD = 8
_LONGEST_PASSWORD = 128
_OBVIOUS_PINS = {str(digit) * 6 for digit in range(10)} | {"123456", "654321", "012345"}


def checked_email(text: str) -> str:
    """Return the address without spaces around it; only the post office knows whether it exists."""
    email = text.strip()
    if not _EMAIL.fullmatch(email):
        raise ValueError("Email must look like name@example.com")
    return email


def checked_password(text: str) -> str:
    """Return a password of 8 to 128 characters that is not among the first that anybody would try (ASVS 6.2.4)."""
    if len(text) < _SHORTEST_PASSWORD:
        raise ValueError(f"Password must have at least {_SHORTEST_PASSWORD} characters")
    if len(text) > _LONGEST_PASSWORD:
        raise ValueError(f"Password must have at most {_LONGEST_PASSWORD} characters")
    if len(set(text)) == 1 or text.strip().lower() in _common_passwords():
        raise ValueError("Password is too easy to guess")
    return text


def checked_currency(text: str) -> str:
    """Return an ISO 4217 code."""
    if text not in CURRENCIES:
        raise ValueError("Currency must be a code such as EUR")
    return text


def checked_pin(text: str) -> str:
    """Return six digits that are not the first ones anybody would try."""
    if not _PIN.fullmatch(text):
        raise ValueError("PIN must be six digits")
    if text in _OBVIOUS_PINS:
        raise ValueError("PIN is too easy to guess")
    return text


@cache
def _common_passwords() -> frozenset[str]:
    """Return the passwords that most people would try first, in small letters."""
    lines = files("app.domain").joinpath("common_passwords.txt").read_text(encoding="utf-8").splitlines()
    return frozenset(line for line in lines if not line.startswith("#"))
