"""Thresholds as people type and read them: money, visits or points, each more than the one below."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from flask import g, request

from app.domain.money import MoneyError, format_money, to_minor
from app.domain.program import ProgramVersion
from app.web.support.formatting import money
from app.web.support.words import counted

PERIODS = {"monthly": "a month", "quarterly": "a quarter", "yearly": "a year", "lifetime": "in all"}

_LONGEST, _MOST = 20, 10**15


@dataclass(frozen=True, slots=True)
class Thresholds:
    """What stands in the form: the texts and errors by field, and the values, those in force where one has an error."""

    texts: dict[str, Any]
    errors: dict[str, str]
    values: tuple[int, ...]

    def is_new(self, version: ProgramVersion) -> bool:
        """Whether anything would change."""
        return not self.errors and self.values != tuple(version.terms.values)


def typed_thresholds(version: ProgramVersion) -> Thresholds:
    """Read value-0, value-1 … from the address or the form, the lowest tier first; what is left out is as it is."""
    texts, errors, values = {}, {}, []
    before = -1
    for place, (tier, now_at) in enumerate(zip(version.terms.names, version.terms.values, strict=True)):
        name = f"value-{place}"
        text = request.values.get(name, "").strip()
        read = _read(text, version) if text else now_at
        if read is None:
            errors[name] = f"Enter what {tier} asks for, for example {written(version, version.terms.values[-1])}"
        elif read <= before:
            errors[name] = f"{tier} must need more than {version.terms.names[place - 1]} ({amount(version, before)})"
        before = before if read is None else max(before, read)
        texts[name] = text or written(version, now_at)
        values.append(now_at if read is None else read)
    return Thresholds(texts, errors, tuple(version.terms.values) if errors else tuple(values))


def amount(version: ProgramVersion, value: int) -> str:
    """Write what a tier counts: money, visits or points."""
    if version.terms.metric == "spending":
        return money(value, g.business["currency"])
    return counted(value, "visit" if version.terms.metric == "visits" else "point")


def written(version: ProgramVersion, value: int) -> str:
    """Write a threshold as it is typed."""
    return format_money(value, g.business["currency"]) if version.terms.metric == "spending" else str(value)


def unit_words(version: ProgramVersion) -> str:
    """Say what the fields count, and in which period."""
    what = {"spending": f"Spent, in {g.business['currency']}", "visits": "Visits", "points": "Points earned"}
    return f"{what[version.terms.metric]}, {PERIODS[version.terms.period]}"


def _read(text: str, version: ProgramVersion) -> int | None:
    plain = text.replace(" ", "").replace("\u00a0", "")[:_LONGEST]
    if version.terms.metric == "spending":
        try:
            found = to_minor(_decimal(plain), g.business["currency"])
        except MoneyError:
            return None
    else:
        plain = plain.replace(",", "")
        found = int(plain) if plain.isascii() and plain.isdecimal() else -1
    return found if 0 <= found <= _MOST else None


def _decimal(text: str) -> str:
    """Read 1,250 as twelve hundred and fifty, and 12,5 as twelve and a half."""
    whole, comma, rest = text.rpartition(",")
    return whole + "." + rest if comma and "." not in text and len(rest) <= 2 else text.replace(",", "")
