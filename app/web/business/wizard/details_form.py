"""Step 3's texts and the body that they say: names, places, dates, limits (API.md, Programs)."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from typing import Any
from zoneinfo import ZoneInfo

from app.domain.registry import RULES
from app.domain.wizard import Typed
from app.web.business.wizard.instants import instant_of, typed_text
from app.web.business.wizard.typed import ON, plain_text, row_count

Program = Mapping[str, Any]

PART = "details"
DATES = ("startsAt", "endsAt", "redeemUntil")
WEEK = ("MO", "TU", "WE", "TH", "FR", "SA", "SU")
_DAY_MINUTES = 24 * 60
_BY_DAY = "FREQ=WEEKLY;BYDAY="
_SHOWN_AT = {"recurrence.durationMinutes": "recurrence.endTime", "recurrence": "recurrence.startTime"}
_WHOLE_LISTS = ("locationIds", "blackoutDates", "segments")


def limit_unit(rule_type: str) -> str | None:
    """Return what a program of this type can limit: points, cashback or rewards; tiers give nothing to limit."""
    if rule_type == "TIER_BASED":
        return None
    granted = RULES[rule_type].YIELDS
    return granted if granted in ("points", "cashback") else "rewards"


def typed_details(program: Program) -> Typed:
    """Return the texts that say a stored program."""
    zone = ZoneInfo(program["timezone"])
    plain = {key: plain_text(program[key]) for key in ("name", "description", "timezone", "priority", "exclusiveGroup")}
    budget = program["budget"] or {}
    typed = {
        **plain,
        **{key: typed_text(program[key], zone) for key in DATES},
        "locationIds": ",".join(program["locationIds"]),
        "segments": ",".join(program["segments"]),
        "blackoutDates": "\n".join(program["blackoutDates"]),
        "autoEnroll": plain_text(program["autoEnroll"]),
        "budget.max": plain_text(budget.get("max")),
        "budget.per": budget.get("per", "month"),
        **_typed_recurrence(program["recurrence"]),
    }
    for place, cap in enumerate(program["caps"]):
        typed |= {f"caps.{place}.max": plain_text(cap["max"]), f"caps.{place}.per": cap["per"]}
    return typed


def details_body(typed: Typed, program: Program) -> dict[str, Any]:
    """Return the body that the texts say; what is unsound stays as it is, to be refused in the product's words."""
    unit = limit_unit(str(program["ruleType"]))
    places = range(row_count(typed, "caps")) if unit else ()
    return {
        "name": typed.get("name", ""),
        "description": typed.get("description", ""),
        "timezone": typed.get("timezone", ""),
        **_dates(typed, program),
        "locationIds": _listed(typed, "locationIds", ","),
        "segments": _listed(typed, "segments", ","),
        "blackoutDates": _listed(typed, "blackoutDates", "\n"),
        "recurrence": _recurrence(typed),
        "priority": typed.get("priority", "").strip() or 100,
        "exclusiveGroup": typed.get("exclusiveGroup", "").strip() or None,
        "autoEnroll": typed.get("autoEnroll") == ON,
        "caps": [_limit(typed, f"caps.{place}", unit) for place in places],
        "budget": _limit(typed, "budget", unit) if unit and typed.get("budget.max", "").strip() else None,
    }


def field_errors(errors: Mapping[str, list[str]]) -> dict[str, str]:
    """Return the first sentence for each field of this step, at the field where it can be mended."""
    shown: dict[str, str] = {}
    for path, sentences in errors.items():
        first = path.partition(".")[0]
        name = first if first in _WHOLE_LISTS else _SHOWN_AT.get(path, path)
        shown.setdefault(name, sentences[0])
    return shown


def _dates(typed: Typed, program: Program) -> dict[str, str | None]:
    try:
        zone = ZoneInfo(typed.get("timezone", ""))
    except (ValueError, OSError, KeyError):
        zone = ZoneInfo(program["timezone"])
    return {key: instant_of(typed.get(key, ""), zone, program[key]) for key in DATES}


def _listed(typed: Typed, name: str, mark: str) -> list[str]:
    return [each.strip() for each in typed.get(name, "").split(mark) if each.strip()]


def _limit(typed: Typed, path: str, unit: str | None) -> dict[str, Any]:
    text = typed.get(f"{path}.max", "").strip()
    most: Any = int(text) if text.isascii() and text.isdecimal() else text
    return {"unit": unit, "max": most, "per": typed.get(f"{path}.per", "")}


def _recurrence(typed: Typed) -> dict[str, Any] | None:
    """A window on chosen weekdays, or by a rule of one's own; None for always."""
    days = [day for day in typed.get("recurrence.days", "").split(",") if day in WEEK]
    rule = f"{_BY_DAY}{','.join(days)}" if days else typed.get("recurrence.rrule", "").strip()
    start, end = (typed.get(f"recurrence.{name}", "").strip() for name in ("startTime", "endTime"))
    if not (rule or start or end):
        return None
    return {"rrule": rule or "FREQ=DAILY", "startTime": start, "durationMinutes": _minutes(start, end)}


def _minutes(start: str, end: str) -> Any:
    """From start to end; an end that is not later is one of the next day."""
    try:
        first, last = (datetime.strptime(text, "%H:%M") for text in (start, end))  # noqa: DTZ007 - times of day
    except ValueError:
        return ""
    return int((last - first).total_seconds()) // 60 % _DAY_MINUTES or _DAY_MINUTES


def _typed_recurrence(stored: Mapping[str, Any] | None) -> Typed:
    if stored is None:
        return {"recurrence.days": "", "recurrence.rrule": "", "recurrence.startTime": "", "recurrence.endTime": ""}
    rule = stored["rrule"]
    days = rule.removeprefix(_BY_DAY) if rule.startswith(_BY_DAY) else ""
    is_plain = bool(days) and set(days.split(",")) <= set(WEEK)
    hours, minutes = (int(part) for part in stored["startTime"].split(":"))
    end = (hours * 60 + minutes + int(stored["durationMinutes"])) % _DAY_MINUTES
    return {
        "recurrence.days": days if is_plain else "",
        "recurrence.rrule": "" if is_plain else rule,
        "recurrence.startTime": stored["startTime"],
        "recurrence.endTime": f"{end // 60:02d}:{end % 60:02d}",
    }
