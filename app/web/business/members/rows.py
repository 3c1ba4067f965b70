"""Parts of the members' pages: a row of the list, a voucher that is ready, the facts beside the timeline."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import date
from typing import Any

from app.web.support.context import initials
from app.web.support.formatting import long_date, short_day
from app.web.support.standings import balance_of, main_progress, tier_of
from app.web.support.words import called, masked_email, masked_phone

_STATUS = {
    "active": "Active",
    "inactive": "Inactive, until the next purchase",
    "suspended": "Suspended: earns nothing",
    "expired": "Expired: earns nothing",
}


def list_row(member: Mapping[str, Any], enrollments: Sequence[Mapping[str, Any]], spent_minor: int) -> dict[str, Any]:
    """Return the row of a member in the list."""
    name = called(member)
    balance = balance_of(enrollments)
    return {
        "id": member["id"],
        "name": name,
        "initials": initials(name),
        "number": f"Code {member['code']}",
        "phone_masked": masked_phone(member["phone"]),
        "tier": tier_of(enrollments),
        "balance_words": f"{balance['value']} {balance['unit']}" if balance else None,
        "progress_words": progress_words(enrollments),
        "last_visit_at": member["lastPurchaseAt"],
        "lifetime_minor": spent_minor,
    }


def progress_words(enrollments: Sequence[Mapping[str, Any]]) -> str | None:
    """Return how far the member is in the program that comes first, such as "7 of 9 punches"."""
    card = main_progress(enrollments)
    return f"{card['progress_words']} {card['unit']}" if card else None


def facts(member: Mapping[str, Any]) -> list[dict[str, str]]:
    """Return what is known about a member; contacts are masked."""
    birthday: date | None = member["birthday"]
    found = {
        "Phone": masked_phone(member["phone"]),
        "E-mail": masked_email(member["email"]),
        "Birthday": short_day(birthday) if birthday else None,
        "Code": member["code"],
        "External id": member["externalId"],
        "Referral code": member["referralCode"],
        "Status": _STATUS[member["status"]],
        "Last visit": long_date(member["lastPurchaseAt"]) if member["lastPurchaseAt"] else "Not yet",
    }
    return [{"term": term, "words": words} for term, words in found.items() if words]
