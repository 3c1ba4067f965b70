"""The forms that enrol a member and adjust points."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any
from uuid import UUID

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


def read_adjustment(form: Mapping[str, str]) -> tuple[int | None, UUID | None, dict[str, str], dict[str, str]]:
    """Return the points (below zero to take away), the program, what was typed, and the errors of the fields."""
    typed = {name: form.get(name, "").strip() for name in ("program", "way", "points", "reason", "key")}
    errors: dict[str, str] = {}
    number = typed["points"].replace(",", "").replace(" ", "").lstrip("+−-")
    if not number.isdecimal() or not int(number):
        errors["points"] = "Enter how many points, such as 50"
    if not typed["reason"]:
        errors["reason"] = "Say why; it stays with the entry"
    try:
        program_id = UUID(typed["program"])
    except ValueError:
        program_id, errors["program"] = None, "Choose a program with points"
    points = None if "points" in errors else int(number) * (-1 if typed["way"] == "take" else 1)
    return points, program_id, typed, errors


def adjustment_messages(errors: Mapping[str, list[str]]) -> dict[str, str]:
    """Return one message for each field of the form that adjusts points."""
    return {"program" if name == "programId" else name: messages[0] for name, messages in errors.items()}
