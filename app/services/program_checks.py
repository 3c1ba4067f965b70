"""Checks what an owner says of a program: the engine's rules, and whether the places and segments named exist."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any
from uuid import UUID

from sqlalchemy import select

from app.core.tenancy import current_business_id
from app.core.unit_of_work import session
from app.domain.errors import ValidationErrors
from app.domain.program_body import ProgramDraft, parse_program
from app.domain.program_fields import MOST_ENTRIES
from app.domain.segments import BUILT_IN
from app.models.business import Business
from app.models.location import Location


def checked_program(body: Mapping[str, Any], *, sent: Mapping[str, Any] | None = None) -> ProgramDraft:
    """The program that a whole body describes, its timezone the business's where none is named.

    Of ``sent`` (by default the whole body) the locations and segments are looked up. Raises ValidationErrors with every
    violation at once.
    """
    business = session().get_one(Business, current_business_id())
    errors = _unknown_references(body if sent is None else sent)
    try:
        draft = parse_program(body, currency=business.currency)
    except ValidationErrors as found:
        raise ValidationErrors({**errors, **found.errors}) from found
    if errors:
        raise ValidationErrors(errors)
    draft.snapshot["timezone"] = draft.snapshot["timezone"] or business.timezone
    draft.snapshot["locationIds"] = [str(UUID(text)) for text in draft.snapshot["locationIds"]]
    return draft


def _unknown_references(body: Mapping[str, Any]) -> dict[str, list[str]]:
    errors: dict[str, list[str]] = {}
    locations = _texts(body.get("locationIds"))
    known = _known_locations({UUID(text) for text in locations.values() if _is_uuid(text)})
    for place, text in locations.items():
        if not _is_uuid(text) or UUID(text) not in known:
            errors[f"locationIds.{place}"] = ["Choose a location of this business"]
    for place, text in _texts(body.get("segments")).items():
        if text not in BUILT_IN and not _is_uuid(text):
            errors[f"segments.{place}"] = ["There is no such segment"]
    return errors


def _known_locations(ids: set[UUID]) -> set[UUID]:
    if not ids:
        return set()
    return set(session().scalars(select(Location.id).where(Location.id.in_(ids), Location.is_active)))


def _texts(value: Any) -> dict[int, str]:
    """The texts of a list by their places; what is no list, too long a one or no text is parse_program's to refuse."""
    listed = value if isinstance(value, list) and len(value) <= MOST_ENTRIES else []
    return {place: str(each) for place, each in enumerate(listed) if isinstance(each, str | UUID)}


def _is_uuid(text: str) -> bool:
    try:
        UUID(text)
    except ValueError:
        return False
    return True
