"""Tiers: the ladder with who is where, the last changes, and what other thresholds would make of everybody."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from typing import Any
from uuid import UUID

from flask import abort, render_template, request, url_for

from app.core import clock
from app.domain.permissions import Permission
from app.domain.program import ProgramVersion
from app.queries.live_versions import newest_versions
from app.queries.tier_figures import Placed, latest_changes, placed, spread, tier_programs
from app.web.business.tiers.brings import multiplier_check, tiers_bring
from app.web.business.tiers.ladder import BINS, ladder, scale_of
from app.web.business.tiers.thresholds import PERIODS, Thresholds, amount, typed_thresholds, unit_words
from app.web.business.tiers.when import fall_words
from app.web.support.doors import area, page
from app.web.support.htmx import wants_fragment
from app.web.support.story import REASONS
from app.web.support.words import called, counted

bp = area("tiers", __name__, "/tiers")

_NO_TIER = "No tier yet"


@page(bp, "", permission=Permission.DASHBOARD_VIEW)
def index() -> Any:
    """Show one tier program: the first, or the one that the address names; six statements, however many take part.

    htmx asks for what the typed thresholds mean alone.
    """
    now = clock.now()
    programs = tier_programs(now)
    if not programs:
        return render_template("business/tiers/empty.html")
    program = _chosen(programs)
    version = newest_versions([program["id"]])[program["id"]]
    typed = typed_thresholds(version)
    found = placed(version, typed.values, now)
    tried = {
        "simulated": _simulated(version, found) if _is_simulating() and not typed.errors else None,
        "errors": typed.errors,
        "falls": version.terms.can_fall,
    }
    status = 422 if typed.errors else 200
    if wants_fragment():
        return render_template("business/tiers/_simulated.html", **tried), status
    return render_template("business/tiers/index.html", **tried, **_whole(programs, version, typed, found, now)), status


def _whole(
    programs: list[dict[str, Any]], version: ProgramVersion, typed: Thresholds, found: Placed, now: datetime
) -> dict[str, Any]:
    program = _chosen(programs)
    scale = scale_of(version, typed)
    return {
        "programs": [_tab(each, program["id"]) for each in programs] if len(programs) > 1 else [],
        "program": program,
        "edit_url": None if program["status"] == "ENDED" else url_for("wizard.edit", program_id=program["id"]),
        "ladder": ladder(version, typed, spread(version, scale.top, BINS, now), scale),
        "tiers": _shares(version, found),
        "total_words": counted(found.total, "member takes part", "members take part"),
        "fall_words": fall_words(version, now),
        "brings": tiers_bring(version),
        "check": multiplier_check(version),
        "changes": [_change(each) for each in latest_changes(program["id"])],
        "values": typed.texts,
        "unit": unit_words(version),
    }


def _chosen(programs: list[dict[str, Any]]) -> dict[str, Any]:
    wanted = request.args.get("program")
    found = next((each for each in programs if wanted in (None, "", str(each["id"]))), None)
    return found or abort(404)


def _tab(program: Mapping[str, Any], chosen: UUID) -> dict[str, Any]:
    href = url_for("tiers.index", program=program["id"])
    return {"label": program["name"], "href": href, "is_current": program["id"] == chosen}


def _is_simulating() -> bool:
    return any(name.startswith("value-") for name in request.args)


def _shares(version: ProgramVersion, found: Placed) -> list[dict[str, Any]]:
    """The tiers from the highest, who has none last."""
    period = PERIODS[version.terms.period]
    rows = [
        {
            "name": name,
            "total": found.held[place + 1],
            "share": _share(found.held[place + 1], found.total),
            "threshold": f"{amount(version, version.terms.values[place])} {period}",
        }
        for place, name in enumerate(version.terms.names)
    ]
    none = {"name": _NO_TIER, "total": found.held[0], "share": _share(found.held[0], found.total), "threshold": ""}
    return [*reversed(rows), none]


def _simulated(version: ProgramVersion, found: Placed) -> dict[str, Any]:
    names = [_NO_TIER, *version.terms.names]
    lines = [
        {
            "words": f"{name} {_share(found.would_be[place], found.total)} % "
            f"({counted(found.would_be[place], 'person', 'people')})",
            "share": _share(found.would_be[place], found.total),
            "change": _difference(found.would_be[place] - found.held[place]),
        }
        for place, name in enumerate(names)
    ]
    moves = f"{found.falling:,} would drop, {found.rising:,} would rise"
    return {"lines": lines[::-1], "moves": moves}


def _difference(number: int) -> str:
    return f"{number:+,}".replace("-", "\u2212") if number else "as now"


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
