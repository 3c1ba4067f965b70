"""What the forms of the settings share: the first message of a field, the version that was looked at."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

LONGEST_NAME = 120
MOVED = "Somebody else changed this while you were typing. What you typed is still here: save again to put it in place."


def first_messages(errors: Mapping[str, Sequence[str]]) -> dict[str, str]:
    """Return one message for each field."""
    return {name: messages[0] for name, messages in errors.items()}


def version_of(form: Mapping[str, str]) -> int | None:
    """Return the version that the form was made from; None where it was not sent, and then none is held against it."""
    text = form.get("version", "")
    return int(text) if text.isdecimal() and len(text) < 10 else None


def checked_name(text: str, what: str) -> str:
    """Return a name of 1 to 120 characters; ValueError says what to type, such as "Enter a location name"."""
    if not text or "\0" in text:
        raise ValueError(f"Enter {what}")
    if len(text) > LONGEST_NAME:
        raise ValueError(f"Use at most {LONGEST_NAME} characters")
    return text
