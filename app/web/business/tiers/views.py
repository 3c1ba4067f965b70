"""Tiers: the ladder with who is where, the last changes, and what other thresholds would make of everybody."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any
from uuid import UUID

from flask import abort, g, render_template, request, url_for

from app.core import clock
from app.domain.money import MoneyError, format_money, to_minor
from app.domain.permissions import Permission
from app.domain.program import ProgramVersion
from app.queries.live_versions import newest_versions
from app.queries.tier_figures import Placed, latest_changes, placed, tier_programs
from app.web.support.doors import area, page
from app.web.support.formatting import money
from app.web.support.story import REASONS
from app.web.support.words import called, counted

bp = area("tiers", __name__, "/tiers")

_LONGEST, _MOST = 20, 10**15
_PERIODS = {"monthly": "a month", "quarterly": "a quarter", "yearly": "a year", "lifetime": "in all"}
_NO_TIER = "No tier yet"


@page(bp, "", permission=Permission.DASHBOARD_VIEW)
def index() -> Any:
    """Show one tier program: the first, or the one that the address names; four statements."""
    now = clock.now()
    programs = tier_programs(now)
    if not programs:
        return render_template("business/tiers/empty.html")
    program = _chosen(programs)
    version = newest_versions([program["id"]])[program["id"]]
    values, errors = _typed(version)
    tried = [read for read in values.values() if isinstance(read, int)]
    found = placed(version, version.terms.values if errors else tried, now)
    typed = {name: request.args.get(name, "").strip() or _written(version, place) for place, name in enumerate(values)}
    context = {
        "programs": [_tab(each, program["id"]) for each in programs] if len(programs) > 1 else [],
        "program": program,
        "edit_url": None if program["status"] == "ENDED" else url_for("wizard.edit", program_id=program["id"]),
        "tiers": _ladder(version, found),
        "total_words": counted(found.total, "member takes part", "members take part"),
        "falls": version.terms.can_fall,
        "changes": [_change(each) for each in latest_changes(program["id"])],
        "simulated": None if errors or not _is_simulating() else _simulated(version, found),
        "values": typed,
        "errors": errors,
        "unit": _unit(version),
    }
    return render_template("business/tiers/index.html", **context), 422 if errors else 200


def _chosen(programs: list[dict[str, Any]]) -> dict[str, Any]:
    wanted = request.args.get("program")
    found = next((each for each in programs if wanted in (None, "", str(each["id"]))), None)
    return found or abort(404)


def _tab(program: Mapping[str, Any], chosen: UUID) -> dict[str, Any]:
    href = url_for("tiers.index", program=program["id"])
    return {"label": program["name"], "href": href, "is_current": program["id"] == chosen}


def _is_simulating() -> bool:
    return any(name.startswith("value-") for name in request.args)


def _typed(version: ProgramVersion) -> tuple[dict[str, int | None], dict[str, str]]:
    """Return the thresholds typed, or those in force, by field; and what is wrong with them."""
    values: dict[str, int | None] = {}
    errors: dict[str, str] = {}
    before = -1
    for place, (tier, now_at) in enumerate(zip(version.terms.names, version.terms.values, strict=True)):
        name = f"value-{place}"
        text = request.args.get(name, "").strip()
        values[name] = read = _read(text, version) if text else now_at
        if read is None:
            errors[name] = f"Enter what {tier} asks for, for example {_example(version)}"
        elif read <= before:
            below = version.terms.names[place - 1]
            errors[name] = f"{tier} must need more than {below} ({_amount(version, before)})"
        before = before if read is None else max(before, read)
    return values, errors


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


def _ladder(version: ProgramVersion, found: Placed) -> list[dict[str, Any]]:
    """The tiers from the highest, who has none last."""
    period = _PERIODS[version.terms.period]
    rows = [
        {
            "name": name,
            "total": found.held[place + 1],
            "share": _share(found.held[place + 1], found.total),
            "threshold": f"{_amount(version, version.terms.values[place])} {period}",
        }
        for place, name in enumerate(version.terms.names)
    ]
    none = {"name": _NO_TIER, "total": found.held[0], "share": _share(found.held[0], found.total), "threshold": ""}
    return [*reversed(rows), none]


def _simulated(version: ProgramVersion, found: Placed) -> dict[str, Any]:
    names = [_NO_TIER, *version.terms.names]
    lines = [
        f"{name} {_share(found.would_be[place], found.total)} % ({counted(found.would_be[place], 'person', 'people')})"
        for place, name in enumerate(names)
    ]
    moves = f"{found.falling:,} would drop, {found.rising:,} would rise"
    return {"lines": lines[::-1], "moves": moves}


def _share(number: int, total: int) -> str:
    return f"{100 * number / total:.1f}" if total else "0"


def _change(change: Mapping[str, Any]) -> dict[str, Any]:
    held = change["to"] or "No tier"
    words = f"{change['from']} → {held}" if change["from"] else held
    return {
        "href": url_for("members.show", member_id=change["memberId"]),
        "name": called(change),
        "words": words,
        "reason": REASONS[change["reason"]],
        "at": change["at"],
    }


def _amount(version: ProgramVersion, amount: int) -> str:
    if version.terms.metric == "spending":
        return money(amount, g.business["currency"])
    return counted(amount, "visit" if version.terms.metric == "visits" else "point")


def _written(version: ProgramVersion, place: int) -> str:
    value = version.terms.values[place]
    return format_money(value, g.business["currency"]) if version.terms.metric == "spending" else str(value)


def _example(version: ProgramVersion) -> str:
    return _written(version, len(version.terms.values) - 1)


def _unit(version: ProgramVersion) -> str:
    what = {"spending": f"Spent, in {g.business['currency']}", "visits": "Visits", "points": "Points earned"}
    return f"{what[version.terms.metric]}, {_PERIODS[version.terms.period]}"
