"""What tells members apart inside a business: normal forms, and who already has a key."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any
from uuid import UUID

from sqlalchemy import or_, select

from app.adapters import phones
from app.core.tenancy import current_business_id
from app.core.unit_of_work import session
from app.domain.errors import Conflict
from app.domain.member_body import normal_email
from app.domain.member_ref import MemberRef
from app.models.business import Business
from app.models.member import Member

UNIQUE = {"email": "e-mail address", "phone": "phone number", "external_id": "external id"}


def home_country() -> str | None:
    """The country that completes phone numbers: the business's setting ``country``, else a guess by its timezone."""
    business = session().get_one(Business, current_business_id())
    setting = business.settings.get("country")
    return str(setting) if setting else phones.country_guess(business.timezone, business.currency)


def normal_key(ref: MemberRef, country: str | None) -> str | UUID | None:
    """The value as members keep it; None when no member can have it (no such phone, no such address)."""
    value = ref.value
    if isinstance(value, UUID):
        return value
    try:
        return _normal(ref.kind, value.strip(), country)
    except ValueError:
        return None


def refuse_taken(values: Mapping[str, Any], *, besides: UUID | None = None) -> None:
    """Raise Conflict ``member_exists`` that names the member who already has one of the unique keys."""
    wanted = {column: values[column] for column in UNIQUE if values.get(column) is not None}
    if not wanted:
        return
    has_one = or_(*(getattr(Member, column) == value for column, value in wanted.items()))
    for member in session().scalars(select(Member).where(has_one, Member.id != (besides or UUID(int=0)))):
        column = next(column for column, value in wanted.items() if getattr(member, column) == value)
        raise Conflict("member_exists", f"This {UNIQUE[column]} belongs to {member.name or 'a member'} ({member.id})")


def _normal(kind: str, text: str, country: str | None) -> str:
    if kind == "phone":
        return phones.e164(text, country)
    if kind == "email":
        return normal_email(text)
    return text.upper() if kind == "code" else text
