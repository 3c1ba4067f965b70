"""The filters of the members' list: read from the address, shown as chips that take themselves off."""

from __future__ import annotations

from calendar import month_name
from collections.abc import Callable, Mapping
from typing import Any
from uuid import UUID

from flask import url_for

from app.queries.member_search import MemberFilter

STATUSES = {"active": "Active", "inactive": "Inactive", "suspended": "Suspended", "expired": "Expired"}
SEGMENTS = {"new": "New: joined within 30 days"}
VISITS = {
    "week": "Within 7 days",
    "month": "Within 30 days",
    "not-30": "Not for 30 days",
    "not-90": "Not for 90 days",
    "never": "Never",
}
MONTHS = {number: month_name[number] for number in range(1, 13)}
NAMES = ("q", "status", "segment", "tier", "program", "tag", "visit", "birthday", "unredeemed")
_LONGEST = 100


def read_search(args: Mapping[str, str]) -> dict[str, str]:
    """What the address asks for, by the names of the form; what makes no sense is left out."""
    said = {name: args.get(name, "").strip()[:_LONGEST] for name in NAMES}
    return {name: value for name, value in said.items() if value and _makes_sense(name, value)}


def filter_of(said: Mapping[str, str]) -> MemberFilter:
    """The filter that the queries take."""
    return MemberFilter(
        q=said.get("q", ""),
        status=said.get("status"),
        segment=said.get("segment"),
        tier=said.get("tier"),
        program_id=UUID(said["program"]) if "program" in said else None,
        tag_id=UUID(said["tag"]) if "tag" in said else None,
        last_visit=said.get("visit"),
        birth_month=int(said["birthday"]) if "birthday" in said else None,
        has_unredeemed="unredeemed" in said,
    )


def stored(said: Mapping[str, str]) -> dict[str, str]:
    """The filter as services keep it."""
    renamed = {"program": "program_id", "tag": "tag_id", "visit": "last_visit", "birthday": "birth_month"}
    renamed["unredeemed"] = "has_unredeemed"
    return {renamed.get(name, name): value for name, value in said.items()}


def address(said: Mapping[str, Any]) -> str:
    """The list as it is searched."""
    return url_for("members.index", **said)


def chips(said: Mapping[str, str], names: Mapping[str, str]) -> list[dict[str, str]]:
    """One for each filter but the words searched for: {label, href without it}."""
    words: dict[str, Callable[[str], str]] = {
        "status": lambda value: f"Status: {STATUSES[value]}",
        "segment": lambda value: SEGMENTS[value],
        "tier": lambda value: f"Tier: {value}",
        "program": lambda _: f"Program: {names.get('program', 'one that nobody here has')}",
        "tag": lambda _: f"Tag: {names.get('tag', 'one that nobody bears')}",
        "visit": lambda value: f"Last visit: {VISITS[value].lower()}",
        "birthday": lambda value: f"Birthday in {MONTHS[int(value)]}",
        "unredeemed": lambda _: "Has a reward to use",
    }
    return [
        {"label": words[name](value), "href": address(_without(said, name))}
        for name, value in said.items()
        if name in words
    ]


def choices(offered: Mapping[str, list[tuple[str, str]]]) -> list[dict[str, Any]]:
    """The fields of the filter form: {name, label, options [(value, words)]}."""
    fields = {
        "status": ("Status", list(STATUSES.items())),
        "segment": ("Segment", list(SEGMENTS.items())),
        "tier": ("Tier", offered["tier"]),
        "program": ("Program", offered["program"]),
        "tag": ("Tag", offered["tag"]),
        "visit": ("Last visit", list(VISITS.items())),
        "birthday": ("Birthday in", [(str(number), month) for number, month in MONTHS.items()]),
        "unredeemed": ("Rewards", [("1", "Has a reward to use")]),
    }
    return [
        {"name": name, "label": label, "options": [("", "Any"), *options]}
        for name, (label, options) in fields.items()
        if options
    ]


def _without(said: Mapping[str, str], name: str) -> dict[str, str]:
    return {key: value for key, value in said.items() if key != name}


def _makes_sense(name: str, value: str) -> bool:
    check = _CHECKS.get(name)
    return check is None or check(value)


def _is_uuid(text: str) -> bool:
    try:
        UUID(text)
    except ValueError:
        return False
    return True


_CHECKS: Mapping[str, Callable[[str], bool]] = {
    "status": STATUSES.__contains__,
    "segment": SEGMENTS.__contains__,
    "program": _is_uuid,
    "tag": _is_uuid,
    "visit": VISITS.__contains__,
    "birthday": lambda text: text.isdecimal() and int(text) in MONTHS,
    "unredeemed": lambda text: text == "1",
}
