"""People as the till lists them, and whom a text names."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from typing import Any
from uuid import UUID

from app.core import clock
from app.domain.errors import ValidationErrors
from app.queries.card_codes import member_shown
from app.queries.enrollments import enrollments_by_member
from app.queries.members import member as read_member
from app.queries.members import members_slice
from app.web.support.context import initials
from app.web.support.standings import balance_of, main_progress
from app.web.support.words import called, counted, day_words, masked_phone

Member = Mapping[str, Any]

_FEWEST_DIGITS = 7


def people(members: Sequence[Member]) -> list[dict[str, Any]]:
    """Return them (components/till.html) with how far each is; two statements for any number."""
    standing = enrollments_by_member([found["id"] for found in members]) if members else {}
    return [_person(found, standing.get(found["id"], [])) for found in members]


def last_visit_words(member: Member) -> str:
    """Say when somebody was last here."""
    return day_words(member["lastPurchaseAt"]) if member["lastPurchaseAt"] else "First visit"


def exact_match(members: Sequence[Member], q: str) -> UUID | None:
    """Return the one member whose whole code, e-mail address or phone was asked for: a scanner types all of it."""
    if len(members) != 1:
        return None
    found = members[0]
    digits = re.sub(r"\D", "", q)
    is_phone = len(digits) >= _FEWEST_DIGITS and (found["phone"] or "").endswith(digits.lstrip("0"))
    is_key = q.casefold() in (found["code"].casefold(), (found["email"] or "").casefold())
    return found["id"] if is_phone or is_key else None


def who(text: str) -> Member:
    """Return the only member whom a phone, name, e-mail address or code names; ValidationErrors says what to do."""
    if not text:
        raise ValidationErrors({"member": ["Enter a phone number, a name or a code"]})
    shown = member_shown(text, clock.now())
    if shown is not None:
        return read_member(shown)
    found = members_slice(q=text, limit=2)
    if not found.rows:
        raise ValidationErrors({"member": [f"No member with {text}"]})
    if len(found.rows) > 1:
        raise ValidationErrors({"member": [f"More than one member with {text}. Enter the phone number or the code"]})
    return found.rows[0]


def _person(found: Member, enrollments: Sequence[Mapping[str, Any]]) -> dict[str, Any]:
    name, balance = called(found), balance_of(enrollments)
    points = f"{balance['value']} {balance['unit']}" if balance else None
    card = main_progress(enrollments)
    return {
        "id": found["id"],
        "name": name,
        "initials": initials(name),
        "phone_masked": masked_phone(found["phone"]) or found["code"],
        "standing_words": card["progress_words"] if card else points or counted(len(enrollments), "program"),
        "last_visit_words": last_visit_words(found),
    }
