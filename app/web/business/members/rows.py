"""Parts of the members' pages: a row of the list, a voucher that is ready, the facts beside the timeline."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import date
from typing import Any

from flask import g

from app.web.support.context import initials, shop_icon
from app.web.support.formatting import long_date, short_day
from app.web.support.standings import balance_of, standings, tier_of
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
    drawn = standings(enrollments, currency=g.business["currency"], icon=shop_icon())
    cards = [one for one in drawn if one["rule_type"] in ("PUNCH_CARD", "STAMP_CARD", "VISIT_FREQUENCY")]
    return f"{cards[0]['progress_words']} {cards[0]['unit']}" if cards else None


def ready_voucher(voucher: Mapping[str, Any], programs: Mapping[Any, str]) -> dict[str, Any]:
    """Return a voucher that can be used, with its last day."""
    expires_at = voucher["expiresAt"]
    return {
        "code": short_code(voucher["code"]),
        "words": voucher["description"],
        "program_name": programs.get(voucher["programId"], ""),
        "note": f"Until {short_day(expires_at)}" if expires_at else None,
    }


def short_code(code: str) -> str:
    """Return the end of a code, by which people tell vouchers apart; the whole of it is for its owner alone."""
    return f"…{code[-4:]}"


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
