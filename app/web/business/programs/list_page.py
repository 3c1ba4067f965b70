"""What the list of programs shows: tabs with counts, the filters as chips, columns to sort by, rows."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from flask import g, url_for

from app.core import clock
from app.domain.lifecycle import Status
from app.domain.permissions import Permission
from app.domain.registry import RULES
from app.queries import programs as found
from app.queries.paging import Page
from app.queries.program_wizard import open_locations
from app.services.bulk_runs import MOST
from app.web.business.programs.rows import deleted_row, list_row
from app.web.business.programs.search import ProgramSearch
from app.web.support.words import counted

PAGE_SIZE = 20

_TABS = (Status.ACTIVE, Status.SCHEDULED, Status.PAUSED, Status.DRAFT, Status.ENDED)
_COLUMNS = (
    ("name", "Name", ""),
    ("ruleType", "Type", "hide-s"),
    (None, "Status", ""),
    ("-enrollmentCount", "Members", "num"),
    ("-activeParticipants", "Active 90 d", "num hide-s"),
    ("-totalRedemptions", "Redeemed", "num hide-s hide-m"),
)
_MORE_ORDERS = (
    (found.NEWEST_FIRST, "Newest first"),
    ("createdAt", "Oldest first"),
    ("-updatedAt", "Changed last"),
    ("startsAt", "Starts first"),
    ("endsAt", "Ends first"),
)


def context(search: ProgramSearch) -> dict[str, Any]:
    """Return the context of business/programs/index.html; three statements."""
    shown, totals = found.programs_listing(search.wanted, sort=search.sort, page=search.page, page_size=PAGE_SIZE)
    locations, now = dict(open_locations()), clock.now()
    may_edit = g.caller.may(Permission.PROGRAM_EDIT)
    return {
        "tabs": _tabs(totals, search),
        "search": search,
        "chips": _chips(search, locations),
        "rule_types": [("", "All types"), *((name, rule.TITLE) for name, rule in RULES.items())],
        "locations": [("", "All locations"), *locations.items()] if locations else [],
        "statuses": [(status.value.lower(), status.value.capitalize()) for status in _TABS],
        "columns": [_column(column, search) for column in _COLUMNS],
        "orders": _orders(search),
        "rows": [list_row(program, now, locations, may_edit=may_edit) for program in shown.rows],
        "total_words": counted(shown.total_count, "program"),
        "all_words": _all_words(shown),
        "is_filtered": search.is_filtered,
        "may_edit": may_edit,
        "create_program_url": url_for("templates.index") if may_edit else None,
        **_pages(shown, search),
    }


def deleted_context(number: int) -> dict[str, Any]:
    """Return the context of business/programs/deleted.html; two statements."""
    shown, now = found.deleted_page(page=number, page_size=PAGE_SIZE), clock.now()
    return {
        "rows": [deleted_row(program, now) for program in shown.rows],
        "may_edit": g.caller.may(Permission.PROGRAM_EDIT),
        "newer_url": url_for("programs.deleted", page=number - 1) if number > 1 else None,
        "older_url": url_for("programs.deleted", page=number + 1) if number < shown.total_pages else None,
    }


def _tabs(totals: Mapping[Status, int], search: ProgramSearch) -> list[dict[str, Any]]:
    every: tuple[str, int, tuple[str, ...]] = ("All", sum(totals.values()), ())
    each = [(status.value.capitalize(), totals[status], (status.value.lower(),)) for status in _TABS]
    return [
        {
            "label": label,
            "total": f"{total:,}",
            "href": url_for("programs.index", **search.address(status=list(statuses))),
            "is_current": statuses == search.statuses,
        }
        for label, total, statuses in [every, *each]
    ]


def _chips(search: ProgramSearch, locations: Mapping[str, str]) -> list[dict[str, str]]:
    """Every filter with the address of the list without it."""
    several = search.statuses if len(search.statuses) > 1 else ()
    chips = [
        ("Status", status.capitalize(), {"status": [other for other in search.statuses if other != status]})
        for status in several
    ]
    if search.rule_type:
        chips.append(("Type", RULES[search.rule_type].TITLE, {"ruleType": []}))
    if search.location_id:
        chips.append(("Location", locations.get(str(search.location_id), "closed"), {"location": []}))
    return [
        {"label": label, "words": words, "href": url_for("programs.index", **search.address(**change))}
        for label, words, change in chips
    ]


def _column(column: tuple[str | None, str, str], search: ProgramSearch) -> dict[str, Any]:
    """A head of the table; a click sorts by it, a second one the other way round."""
    sort, label, classes = column
    if sort is None:
        return {"label": label, "classes": classes, "href": None, "direction": None}
    is_current = search.sort.removeprefix("-") == sort.removeprefix("-")
    following = _turned(search.sort) if is_current else sort
    direction = ("descending" if search.sort.startswith("-") else "ascending") if is_current else None
    href = url_for("programs.index", **search.address(sort=following))
    return {"label": label, "classes": classes, "href": href, "direction": direction}


def _turned(sort: str) -> str:
    return sort.removeprefix("-") if sort.startswith("-") else f"-{sort}"


def _orders(search: ProgramSearch) -> list[tuple[str, str]]:
    """Every order by its words, for the form, which on a phone is the only place to choose one."""
    columns = ((sort, f"By {label.lower()}") for sort, label, _ in _COLUMNS if sort)
    known = [*_MORE_ORDERS, *columns]
    here = [] if search.sort in dict(known) else [(search.sort, "As chosen in the table")]
    return [*here, *known]


def _all_words(shown: Page) -> str | None:
    """Words of the box that takes in what is not on this page; None where everything is."""
    if shown.total_count <= len(shown.rows):
        return None
    if shown.total_count > MOST:
        return f"The newest {MOST} of the {shown.total_count:,} that match"
    return f"All {shown.total_count:,} that match"


def _pages(shown: Page, search: ProgramSearch) -> dict[str, Any]:
    newer, older = search.page - 1, search.page + 1
    return {
        "newer_url": url_for("programs.index", **search.address(page=newer)) if newer else None,
        "older_url": url_for("programs.index", **search.address(page=older)) if older <= shown.total_pages else None,
        "page_words": f"Page {search.page} of {shown.total_pages:,}" if shown.total_pages > 1 else None,
    }


def bulk_address(search: ProgramSearch) -> Sequence[tuple[str, Any]]:
    """Return the filters as fields of a form, so that a bulk can find what matches."""
    fields = search.address()
    return [(name, each) for name, value in fields.items() for each in (value if isinstance(value, list) else [value])]
