"""The sign-up form: what it offers, and what it takes."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any

from app.domain.accounts import checked_currency, checked_email, checked_password
from app.domain.errors import ValidationErrors
from app.domain.industries import INDUSTRIES
from app.domain.localtime import zone_names
from app.web.support import choices as support

_LONGEST_NAME = 120


def choices() -> dict[str, Any]:
    """Return the time zones by name, the currencies in words, and the industries with their icons."""
    return {
        "timezones": support.timezones(),
        "currencies": support.currencies(),
        "industries": support.industries(),
    }


def read_signup(form: Mapping[str, str]) -> dict[str, Any]:
    """Return the arguments of `create_business`; ValidationErrors name every field that needs another value."""
    errors: dict[str, list[str]] = {}
    read = _reader(form, errors)
    found = {
        "name": read("business_name", _checked_name),
        "owner_email": read("email", checked_email),
        "password": read("password", checked_password),
        "timezone": read("timezone", _checked_zone),
        "currency": read("currency", checked_currency),
        "industry": form.get("industry") if form.get("industry") in INDUSTRIES else None,
    }
    if errors:
        raise ValidationErrors(errors)
    return found


def _reader(form: Mapping[str, str], errors: dict[str, list[str]]) -> Callable[[str, Callable[[str], str]], str]:
    def read(name: str, check: Callable[[str], str]) -> str:
        try:
            return check(form.get(name, ""))
        except ValueError as error:
            errors[name] = [str(error)]
            return ""

    return read


def _checked_name(text: str) -> str:
    name = text.strip()
    if not 1 <= len(name) <= _LONGEST_NAME or "\0" in name:
        raise ValueError(f"Business name must have 1 to {_LONGEST_NAME} characters")
    return name


def _checked_zone(text: str) -> str:
    if text not in zone_names():
        raise ValueError("Choose a time zone")
    return text
