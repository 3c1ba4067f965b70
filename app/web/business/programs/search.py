"""What the list of programs is asked by its address."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any
from urllib.parse import parse_qsl
from uuid import UUID

from flask import url_for
from werkzeug.datastructures import MultiDict

from app.domain.lifecycle import Status
from app.domain.registry import RULES
from app.queries.program_filters import ProgramFilter
from app.queries.programs import NEWEST_FIRST, SORTS

_LONGEST_QUERY = 100
_MOST_PAGES = 10_000


@dataclass(frozen=True, slots=True)
class ProgramSearch:
    """One view of the list; what cannot be understood is left out, as an old bookmark deserves.

    ``statuses`` are lower case, in the order of the tabs.
    """

    q: str = ""
    statuses: tuple[str, ...] = ()
    rule_type: str | None = None
    location_id: UUID | None = None
    sort: str = NEWEST_FIRST
    page: int = 1

    @property
    def is_filtered(self) -> bool:
        """Say whether anything narrows the list."""
        return bool(self.q or self.statuses or self.rule_type or self.location_id)

    @property
    def wanted(self) -> ProgramFilter:
        """Return the same as the queries take it."""
        statuses = tuple(Status(status.upper()) for status in self.statuses)
        return ProgramFilter(statuses, self.rule_type, self.location_id, None, self.q or None)

    def address(self, **changes: Any) -> dict[str, Any]:
        """Return the arguments of the address of this view with some of them changed; a change begins at page 1."""
        now: dict[str, Any] = {
            "q": self.q,
            "status": list(self.statuses),
            "ruleType": self.rule_type,
            "location": self.location_id,
            "sort": None if self.sort == NEWEST_FIRST else self.sort,
        }
        return {name: value for name, value in {**now, **changes}.items() if value}


def read_search(arguments: MultiDict[str, str]) -> ProgramSearch:
    """Read ?q=&status=&status=&ruleType=&location=&sort=&page=; statuses may also be joined by commas."""
    asked = {word.strip().upper() for text in arguments.getlist("status") for word in text.split(",")}
    sort = arguments.get("sort", "")
    return ProgramSearch(
        q=arguments.get("q", "").strip()[:_LONGEST_QUERY].replace("\0", ""),
        statuses=tuple(status.value.lower() for status in Status if status.value in asked),
        rule_type=_one_of(arguments, "ruleType", RULES),
        location_id=_uuid(arguments.get("location", "")),
        sort=sort if sort.removeprefix("-") in SORTS else NEWEST_FIRST,
        page=_page(arguments.get("page", "")),
    )


def read_query(query: str) -> ProgramSearch:
    """Read the same from a query string that a form has handed on."""
    return read_search(MultiDict(parse_qsl(query)))


def list_url(search: ProgramSearch) -> str:
    """Return the address of a view of the list."""
    return url_for("programs.index", **search.address())


def list_query(search: ProgramSearch) -> str:
    """Return the view as a query string, for a form to hand on; empty for the whole list."""
    return list_url(search).partition("?")[2]


def _one_of(arguments: Mapping[str, str], name: str, known: Mapping[str, Any]) -> str | None:
    found = arguments.get(name, "")
    return found if found in known else None


def _uuid(text: str) -> UUID | None:
    try:
        return UUID(text)
    except ValueError:
        return None


def _page(text: str) -> int:
    return int(text) if text.isascii() and text.isdecimal() and 0 < int(text[:6]) < _MOST_PAGES else 1
