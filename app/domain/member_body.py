"""What may be said about a member when they are made or changed (API.md, Members)."""

from __future__ import annotations

import re
from datetime import date
from typing import Annotated, Any, Literal

from pydantic import AfterValidator, BeforeValidator, Field, StringConstraints, ValidationInfo

from app.domain.body import Body, is_day

LARGEST_METADATA = 50
LONGEST_VALUE = 500
OLDEST = 1900
_EMAIL = re.compile(r"[^@\s]+@[^@\s.]+(\.[^@\s.]+)+")


def normal_email(text: str) -> str:
    """Return the address in lower case without outer spaces; raises ValueError when it cannot be one."""
    address = text.strip().lower()
    if not _EMAIL.fullmatch(address) or len(address) > 254:
        raise ValueError("Enter an e-mail address such as name@example.com")
    return address


def _email(text: str | None) -> str | None:
    return normal_email(text) if text and text.strip() else None


def _blank_is_none(text: str | None) -> str | None:
    return text or None


def _clean(text: str) -> str:
    if any(not letter.isprintable() for letter in text):
        raise ValueError("Enter text without control characters")
    return text


def _metadata(value: dict[str, Any]) -> dict[str, Any]:
    if len(value) > LARGEST_METADATA or any(len(key) > 40 for key in value):
        raise ValueError(f"Metadata has at most {LARGEST_METADATA} keys of at most 40 characters")
    if any(isinstance(each, dict | list) or len(str(each)) > LONGEST_VALUE for each in value.values()):
        raise ValueError(f"Metadata values are texts, numbers or true and false, of at most {LONGEST_VALUE} characters")
    return value


def _phone(text: str | None, told: ValidationInfo) -> str | None:
    if text is None:
        return None
    try:
        return str(told.context["e164"](text)) if told.context else text
    except ValueError as error:
        raise ValueError("Enter a phone number with its country code, such as +380 50 123 4567") from error


def _written_day(value: object) -> object:
    if value is not None and not isinstance(value, date) and not (isinstance(value, str) and is_day(value)):
        raise ValueError("Birthday must be a date such as 1990-12-25")
    return value


def _birthday(day: date | None, told: ValidationInfo) -> date | None:
    if day is not None and (day.year < OLDEST or (told.context and day > told.context["today"])):
        raise ValueError(f"Birthday must be a day between {OLDEST} and today")
    return day


def _without_default(schema: dict[str, Any]) -> None:
    """What is left out keeps its value: the default stands for that, and no document may call it a name."""
    schema.pop("default")


Name = Annotated[str, StringConstraints(strip_whitespace=True, min_length=1, max_length=200), AfterValidator(_clean)]
Key = Annotated[
    Annotated[str, StringConstraints(strip_whitespace=True, max_length=128), AfterValidator(_clean)] | None,
    AfterValidator(_blank_is_none),
]


class MemberChanges(Body):
    """The body of PATCH: what is left out keeps its value, null empties it.

    Validated with a context of ``e164`` (text → E.164, raising ValueError) and ``today``.
    """

    name: Name = Field("", json_schema_extra=_without_default)
    email: Annotated[str | None, AfterValidator(_email)] = None
    phone: Annotated[Key, AfterValidator(_phone)] = None
    birthday: Annotated[date | None, BeforeValidator(_written_day), AfterValidator(_birthday)] = None
    external_id: Key = None
    metadata: Annotated[dict[str, Any], AfterValidator(_metadata)] = Field(default_factory=dict)


class NewMember(MemberChanges):
    """The body of POST: a name is needed; ``referralCode`` is the code of the member who brought this one."""

    name: Name
    referral_code: Key = None


class StatusChange(Body):
    """The body of POST /members/{id}/status."""

    status: Literal["active", "inactive", "suspended", "expired"]
