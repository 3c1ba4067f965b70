"""The form that enrols a member."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

FIELDS = ("phone", "name", "email")


def read_member(form: Mapping[str, str]) -> tuple[dict[str, Any], dict[str, str]]:
    """Return the body for `create_member`, without what was left blank, and what was typed, to be shown again."""
    typed = {name: form.get(name, "").strip() for name in FIELDS}
    return {name: value for name, value in typed.items() if value}, typed


def missing(body: Mapping[str, Any]) -> dict[str, str]:
    """Return the error of a member without a phone: at a counter the phone is the account."""
    return {} if body.get("phone") else {"phone": "Enter a phone number"}


def first_messages(errors: Mapping[str, list[str]]) -> dict[str, str]:
    """Return one message for each field; what belongs to no field of the form is about all of it."""
    return {name if name in FIELDS else "": messages[0] for name, messages in errors.items()}
