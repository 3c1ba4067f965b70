"""New thresholds before they are published: who would move, when, what they hear; then the next version."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from decimal import Decimal
from typing import Any
from uuid import UUID

from flask import Response, abort, flash, g, render_template, request, url_for

from app.core import clock
from app.domain.errors import Conflict, NotFound, PreconditionFailed, ValidationErrors
from app.domain.money import format_money
from app.domain.permissions import Permission
from app.domain.program import ProgramVersion
from app.queries import programs
from app.queries.live_versions import newest_versions
from app.queries.paging import UnknownCursor
from app.queries.tier_figures import Placed, movers, placed, tier_programs
from app.services.programs import update_program
from app.web.business.tiers.thresholds import Thresholds, amount, typed_thresholds
from app.web.business.tiers.when import move_words
from app.web.support.doors import area, page
from app.web.support.htmx import go_to
from app.web.support.spreadsheet import csv_text
from app.web.support.words import called, counted

bp = area("tiers_publish", __name__, "/tiers")

MOST_IN_FILE = 5_000

_PAGE_SIZE = 50
_NO_TIER = "No tier"
_MOVED = "Somebody has changed this program since you looked. This is what your thresholds would do now."
_HEAD = ("Member", "Code", "Tier now", "Tier then", "Counted so far")


@page(bp, "/<uuid:program_id>/publish", permission=Permission.PROGRAM_EDIT, methods=("GET", "POST"))
def publish(program_id: UUID) -> Any:
    """Show who would move by the thresholds of the address, or make them the program's own from now on."""
    version = _version(program_id)
    typed = typed_thresholds(version)
    if not typed.is_new(version):
        return go_to(url_for("tiers.index", program=program_id, **(typed.texts if typed.errors else {})))
    if request.method == "GET":
        return _page(version, typed, {})
    seen = request.form.get("version", "")
    try:
        update_program(
            program_id,
            {"ruleConfig": _config(program_id, version, typed)},
            actor=g.caller.actor,
            if_match=int(seen) if seen.isascii() and seen.isdecimal() and len(seen) < 10 else -1,
        )
    except PreconditionFailed:
        return _page(version, typed, {"": _MOVED}), 422
    except (Conflict, ValidationErrors) as refusal:
        said = refusal.message if isinstance(refusal, Conflict) else next(iter(refusal.errors.values()))[0]
        return _page(version, typed, {"": said}), 422
    flash("The new thresholds count from now on. Nobody loses what they earned.", "ok")
    return go_to(url_for("tiers.index", program=program_id))


@page(bp, "/<uuid:program_id>/movers.csv", permission=Permission.PROGRAM_EDIT)
def as_csv(program_id: UUID) -> Response:
    """Answer the first 5,000 who would move, for a spreadsheet."""
    version = _version(program_id)
    typed = typed_thresholds(version)
    now = clock.now()
    rows = [
        [called(each), each["code"], each["from"] or _NO_TIER, each["to"] or _NO_TIER, amount(version, each["metric"])]
        for is_rise in (True, False)
        for each in movers(version, typed.values, now, is_rise=is_rise, limit=MOST_IN_FILE).rows
        if is_rise or version.terms.can_fall
    ]
    headers = {"Content-Disposition": 'attachment; filename="who-would-move.csv"'}
    return Response(csv_text([_HEAD, *rows[:MOST_IN_FILE]]), mimetype="text/csv", headers=headers)


def _version(program_id: UUID) -> ProgramVersion:
    """Return the newest version of a tier program that was started. Raises NotFound."""
    known = {each["id"]: each["status"] for each in tier_programs(clock.now())}
    if known.get(program_id, "ENDED") == "ENDED":
        raise NotFound("tier program")
    return newest_versions([program_id])[program_id]


def _page(version: ProgramVersion, typed: Thresholds, errors: Mapping[str, str]) -> str:
    now = clock.now()
    counts = placed(version, typed.values, now)
    is_rise = request.args.get("show", "up" if counts.rising or not counts.falling else "down") != "down"
    try:
        found = movers(version, typed.values, now, is_rise=is_rise, cursor=request.args.get("after"), limit=_PAGE_SIZE)
    except UnknownCursor:
        abort(404)
    is_listed = is_rise or version.terms.can_fall
    program = programs.program(version.program_id)
    return render_template(
        "business/tiers/publish.html",
        program=program,
        errors=errors,
        texts=typed.texts,
        changes=_changes(version, typed),
        moves=_moves(version, counts, now),
        tabs=[_tab(version, typed, up, is_rise == up, counts) for up in (True, False)],
        rows=[_row(version, each) for each in found.rows] if is_listed else [],
        csv_url=url_for("tiers_publish.as_csv", program_id=version.program_id, **typed.texts),
        has_more_than_file=counts.rising + counts.falling > MOST_IN_FILE,
        back_url=url_for("tiers.index", program=version.program_id, **typed.texts),
        newer_url=_here(version, typed, is_rise) if request.args.get("after") else None,
        older_url=_here(version, typed, is_rise, after=found.next_cursor) if is_listed and found.next_cursor else None,
    )


def _changes(version: ProgramVersion, typed: Thresholds) -> list[dict[str, str]]:
    """The tiers whose threshold changes, from the highest: {name, before, after}."""
    rows = zip(version.terms.names, version.terms.values, typed.values, strict=True)
    found = [
        {"name": name, "before": amount(version, now_at), "after": amount(version, then_at)}
        for name, now_at, then_at in rows
        if now_at != then_at
    ]
    return found[::-1]


def _moves(version: ProgramVersion, counts: Placed, now: datetime) -> list[dict[str, str]]:
    """Who moves, when, and what they hear: {words, note}."""
    when = move_words(version, now)
    up = {"words": f"{counted(counts.rising, 'person', 'people')} would rise", "note": f"{when['up'].capitalize()}."}
    if not version.terms.can_fall:
        return [up, {"words": "Nobody would drop", "note": "Tiers are never lost in this program."}]
    down = f"{counted(counts.falling, 'person', 'people')} would drop"
    return [up, {"words": down, "note": f"{when['down'][:1].upper()}{when['down'][1:]}."}]


def _tab(version: ProgramVersion, typed: Thresholds, is_rise: bool, is_current: bool, counts: Placed) -> dict[str, Any]:
    return {
        "label": "Up" if is_rise else "Down",
        "total": f"{counts.rising if is_rise else counts.falling:,}",
        "href": _here(version, typed, is_rise),
        "is_current": is_current,
    }


def _row(version: ProgramVersion, mover: Mapping[str, Any]) -> dict[str, str]:
    return {
        "href": url_for("members.show", member_id=mover["memberId"]),
        "name": called(mover),
        "before": mover["from"] or _NO_TIER,
        "after": mover["to"] or _NO_TIER,
        "metric": amount(version, mover["metric"]),
    }


def _here(version: ProgramVersion, typed: Thresholds, is_rise: bool, after: str | None = None) -> str:
    show = "up" if is_rise else "down"
    return url_for("tiers_publish.publish", program_id=version.program_id, show=show, after=after, **typed.texts)


def _config(program_id: UUID, version: ProgramVersion, typed: Thresholds) -> dict[str, Any]:
    """The program's rules with the new thresholds, as a body of the API has them."""
    config: dict[str, Any] = programs.program(program_id)["ruleConfig"]
    tiers = [
        {**tier, "threshold": {**tier["threshold"], "value": _in_body(version, value)}}
        for tier, value in zip(config["tiers"], typed.values, strict=True)
    ]
    return {**config, "tiers": tiers}


def _in_body(version: ProgramVersion, value: int) -> Decimal | int:
    if version.terms.metric != "spending":
        return value
    return Decimal(format_money(value, version.currency))
