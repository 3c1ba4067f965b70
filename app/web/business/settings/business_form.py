"""The form of the business: what was typed, and what it changes."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from app.domain.accounts import checked_currency
from app.domain.errors import ValidationErrors
from app.domain.industries import INDUSTRIES
from app.domain.localtime import zone_names
from app.queries.business_settings import ACTIVITY_PROGRAM
from app.web.business.settings.forms import checked_name

TERMS = "terms"

_LONGEST_TERMS = 5_000
_FIELDS = ("name", "industry", "timezone", "currency", ACTIVITY_PROGRAM, TERMS)


def typed_business(form: Mapping[str, str]) -> dict[str, str]:
    """Return what was typed, field by field; the currency is missing where it is fixed and not asked for."""
    return {name: form[name].replace("\r\n", "\n").strip() for name in _FIELDS if name in form}


def changes_of(typed: Mapping[str, str]) -> dict[str, Any]:
    """Return the changes for `update_business`; ValidationErrors name every field that needs another value."""
    errors: dict[str, list[str]] = {}
    try:
        checked_name(typed.get("name", ""), "the name of your business")
    except ValueError as error:
        errors["name"] = [str(error)]
    if typed.get("timezone") not in zone_names():
        errors["timezone"] = ["Choose a time zone"]
    if typed.get("industry") not in INDUSTRIES:
        errors["industry"] = ["Choose a kind of business"]
    if "currency" in typed:
        try:
            checked_currency(typed["currency"])
        except ValueError:
            errors["currency"] = ["Choose a currency"]
    if len(typed.get(TERMS, "")) > _LONGEST_TERMS:
        errors[TERMS] = [f"Use at most {_LONGEST_TERMS:,} characters"]
    if errors:
        raise ValidationErrors(errors)
    settings = {name: typed[name] or None for name in (ACTIVITY_PROGRAM, TERMS) if name in typed}
    plain = {name: typed[name] for name in ("name", "industry", "timezone", "currency") if name in typed}
    return plain | {"settings": settings}
