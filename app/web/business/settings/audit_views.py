"""The audit log: every change of the configuration with who, when, before and after."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from datetime import date
from typing import Any
from uuid import UUID
from zoneinfo import ZoneInfo

from flask import Response, abort, g, render_template, request, url_for

from app.domain.localtime import end_of_day, start_of_day
from app.domain.permissions import Permission
from app.queries.audit import AuditFilter, audit_people, audit_slice, target_names
from app.queries.paging import Slice, UnknownCursor
from app.web.support.audit_words import KINDS, Names, changes, sentence
from app.web.support.doors import area, page
from app.web.support.formatting import local_time
from app.web.support.settings_tabs import settings_tabs
from app.web.support.spreadsheet import csv_text

bp = area("settings_audit", __name__, "/settings/audit-log")

_PAGE_SIZE = 30
_BATCH = 500
_MOST_ROWS = 20_000
_FILTERS = ("person", "kind", "from", "to")


@page(bp, "", permission=Permission.AUDIT_VIEW)
def index() -> str:
    """List the changes, the newest first, narrowed by person, kind of thing and days; six statements at most."""
    typed = {name: request.args.get(name, "").strip() for name in _FILTERS}
    wanted, errors = _read(typed)
    found = _slice(wanted, request.args.get("after"), _PAGE_SIZE)
    names = target_names(found.rows)
    chosen: dict[str, Any] = {name: value for name, value in typed.items() if value}
    return render_template(
        "business/settings/audit.html",
        tabs=settings_tabs("settings_audit.index"),
        rows=[_row(record, names) for record in found.rows],
        typed=typed,
        errors=errors,
        people=[("", "Everybody"), *((str(user_id), name or "No name") for user_id, name in audit_people())],
        kinds=[("", "Everything"), *((key, words) for key, (words, _) in KINDS.items())],
        is_filtered=bool(chosen),
        csv_url=url_for("settings_audit.table", **chosen),
        newer_url=url_for("settings_audit.index", **chosen) if request.args.get("after") else None,
        older_url=url_for("settings_audit.index", **chosen, after=found.next_cursor) if found.next_cursor else None,
    )


@page(bp, "/changes.csv", permission=Permission.AUDIT_VIEW)
def table() -> Response:
    """Answer the same as CSV, one row a field that changed; the newest 20,000 records."""
    wanted, errors = _read({name: request.args.get(name, "").strip() for name in _FILTERS})
    if errors:
        abort(404)
    head = ("When", "Who", "What", "Field", "Before", "After")
    body = csv_text([head, *_lines(wanted)])
    file_name = f"{g.business['slug']}-audit-log.csv"
    headers = {"Content-Disposition": f'attachment; filename="{file_name}"'}
    return Response(body, mimetype="text/csv", headers=headers)


def _lines(wanted: AuditFilter) -> Iterator[tuple[str, ...]]:
    cursor, left = None, _MOST_ROWS
    while left > 0:
        found = audit_slice(wanted, cursor=cursor, limit=_BATCH)
        names = target_names(found.rows)
        for record in found.rows:
            yield from _csv_rows(_row(record, names))
        cursor, left = found.next_cursor, left - _BATCH
        if cursor is None:
            return


def _csv_rows(row: Mapping[str, Any]) -> Iterator[tuple[str, ...]]:
    who = (row["at"].isoformat(), row["who"], row["what"])
    for change in row["changes"]:
        yield (*who, change.label, change.before, change.after)
    if not row["changes"]:
        yield (*who, "", "", "")


def _row(record: Mapping[str, Any], names: Names) -> dict[str, Any]:
    actor = record["actor"]
    suffix = " (API key)" if actor["kind"] == "api_key" else ""
    return {
        "at": record["recordedAt"],
        "at_words": local_time(record["recordedAt"]),
        "who": f"{actor['name'] or 'Regulars'}{suffix}",
        "what": sentence(record, names),
        "changes": changes(record),
    }


def _slice(wanted: AuditFilter, cursor: str | None, limit: int) -> Slice:
    try:
        return audit_slice(wanted, cursor=cursor, limit=limit)
    except UnknownCursor:
        abort(404)


def _read(typed: Mapping[str, str]) -> tuple[AuditFilter, dict[str, str]]:
    """Return what is asked for, and an error for each date that is none; days are the business's own."""
    errors: dict[str, str] = {}
    zone = ZoneInfo(g.business["timezone"])
    since, until = (_day(typed[name], name, errors) for name in ("from", "to"))
    wanted = AuditFilter(
        actor_id=_person(typed["person"]),
        target_kinds=_kinds(typed["kind"]),
        since=start_of_day(since, zone) if since else None,
        until=end_of_day(until, zone) if until else None,
    )
    return wanted, errors


def _kinds(key: str) -> tuple[str, ...]:
    if key and key not in KINDS:
        abort(404)
    return KINDS[key][1] if key else ()


def _person(text: str) -> UUID | None:
    try:
        return UUID(text) if text else None
    except ValueError:
        abort(404)


def _day(text: str, name: str, errors: dict[str, str]) -> date | None:
    try:
        return date.fromisoformat(text) if text else None
    except ValueError:
        errors[name] = "Enter a day such as 2026-03-01"
        return None
