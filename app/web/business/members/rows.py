"""Parts of the members' pages: a row of the list, and the facts beside the timeline."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import date
from typing import Any

from app.web.support.context import initials
from app.web.support.formatting import long_date, yearly_day
from app.web.support.standings import balance_of, main_progress, tier_of
from app.web.support.words import called, masked_email, masked_phone

_STATUS = {
    "active": "Active",
    "inactive": "Inactive, until the next purchase",
    "suspended": "Suspended: earns nothing",
    "expired": "Expired: earns nothing",
}


def list_row(member: Mapping[str, Any]) -> dict[str, Any]:
    """Return the row of a member in the list; ``member`` is of queries.member_list."""
    name, enrollments = called(member), member["enrollments"]
    balance = balance_of(enrollments)
    return {
        "id": member["id"],
        "name": name,
        "initials": initials(name),
        "number": f"Number {member['code']}",
        "phone_masked": masked_phone(member["phone"]),
        "status": member["status"],
        "tags": member["tags"],
        "tier": tier_of(enrollments),
        "balance_words": f"{balance['value']} {balance['unit']}" if balance else None,
        "progress_words": progress_words(enrollments),
        "last_visit_at": member["lastPurchaseAt"],
        "lifetime_minor": member["spent"],
    }


def progress_words(enrollments: Sequence[Mapping[str, Any]]) -> str | None:
    """Return how far the member is in the program that comes first, such as "7 of 9 punches"."""
    card = main_progress(enrollments)
    return f"{card['progress_words']} {card['unit']}" if card else None


def facts(member: Mapping[str, Any], *, is_shown: bool, is_confirmed: bool) -> list[dict[str, Any]]:
    """Return what is known about a member; contacts are masked unless they are to be shown.

    ``is_confirmed`` says that the e-mail address was proven by a code.
    """
    birthday: date | None = member["birthday"]
    found = {
        "Phone": member["phone"] if is_shown else masked_phone(member["phone"]),
        "E-mail": _email(member["email"], is_shown, is_confirmed),
        "Birthday": yearly_day(birthday) if birthday else None,
        "Member number": member["code"],
        "External id": member["externalId"],
        "Referral code": member["referralCode"],
        "Status": _STATUS[member["status"]],
        "Last visit": long_date(member["lastPurchaseAt"]) if member["lastPurchaseAt"] else "Not yet",
    }
    return [{"term": term, "words": words} for term, words in found.items() if words]


def _email(address: str | None, is_shown: bool, is_confirmed: bool) -> str | None:
    shown = address if is_shown else masked_email(address)
    return f"{shown} (confirmed)" if shown and is_confirmed else shown


def has_contact(member: Mapping[str, Any]) -> bool:
    """Say whether there is anything to show behind the mask."""
    return bool(member["phone"] or member["email"])
