"""What the till's pages share: the frame with its location, and everything around the form of a purchase."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from typing import Any

from flask import g

from app.core import clock
from app.core.ids import new_id
from app.domain.money import exponent
from app.domain.permissions import Permission
from app.domain.program import ProgramVersion
from app.queries.businesses import locations_page
from app.queries.enrollments import enrollments_of
from app.queries.live_versions import live_versions
from app.queries.program_names import program_names
from app.queries.vouchers import vouchers_of
from app.web.support.context import currency_symbol, initials, shop_icon
from app.web.support.standings import balance_of, standings, tier_of
from app.web.support.words import called, category_words, counted, listed
from app.web.till.people import last_visit_words

Member = Mapping[str, Any]
Location = tuple[str, str]

_MOST_LOCATIONS = 100
_MOST_VOUCHERS = 100
_PUNCHED = ("PUNCH_CARD", "STAMP_CARD")


def frame(location_id: str | None) -> dict[str, Any]:
    """Return what the bar of the till shows: where it stands (chosen at the last purchase), and who may go Home."""
    locations = [(str(found["id"]), found["name"]) for found in locations_page(1, _MOST_LOCATIONS).rows]
    return {
        "locations": locations,
        "location": _stands_at(locations, location_id),
        "is_owner": g.caller.may(Permission.DASHBOARD_VIEW),
    }


def purchase_context(member: Member | None, locations: Sequence[Location]) -> dict[str, Any]:
    """Return the context of till/purchase.html but for what was typed; every rendering has keys of its own."""
    live = [version for version in _live() if _is_here(version, locations)]
    return {
        "member": None,
        "standings": [],
        "notes": [],
        "decimal_sign": "." if exponent(g.business["currency"]) else "00",
        "currency_symbol": currency_symbol(),
        "categories": _categories(live),
        "purchase_key": str(new_id()),
        "punch": _punch(live),
        **(_customer(member) if member else {}),
    }


def _stands_at(locations: Sequence[Location], location_id: str | None) -> dict[str, str] | None:
    names = dict(locations)
    if location_id in names:
        return {"name": names[location_id]}
    return {"name": locations[0][1]} if len(locations) == 1 else None


def _customer(member: Member) -> dict[str, Any]:
    enrollments = enrollments_of(member["id"])
    ready = [one for one in vouchers_of(member["id"], limit=_MOST_VOUCHERS).rows if one["status"] == "available"]
    name, balance = called(member), balance_of(enrollments)
    points = f", {balance['value']} {balance['unit']}" if balance else ""
    return {
        "member": {
            "id": member["id"],
            "name": name,
            "initials": initials(name),
            "tier": tier_of(enrollments),
            "last_visit_words": f"{last_visit_words(member)}{points}",
        },
        "standings": standings(enrollments, currency=g.business["currency"], icon=shop_icon()),
        "notes": [*_status_notes(member), *_voucher_notes(ready)],
    }


def _status_notes(member: Member) -> list[dict[str, Any]]:
    if member["status"] not in ("suspended", "expired"):
        return []
    return [{"icon": "alert", "words": f"This card is {member['status']} and earns nothing", "is_warning": True}]


def _voucher_notes(ready: Sequence[Mapping[str, Any]]) -> list[dict[str, Any]]:
    if not ready:
        return []
    first = ready[0]["description"]
    words = first if len(ready) == 1 else f"{counted(len(ready), 'reward')} ready, the newest: {first}"
    return [{"icon": "gift", "words": words, "is_warning": False}]


def _live() -> tuple[ProgramVersion, ...]:
    now = clock.now()
    return live_versions(now, now).at(now)


def _is_here(version: ProgramVersion, locations: Sequence[Location]) -> bool:
    """Say whether a program counts in any location that is open."""
    return not version.location_ids or any(str(found) == key for found in version.location_ids for key, _ in locations)


def _categories(live: Iterable[ProgramVersion]) -> list[tuple[str, str]]:
    """Return the categories that any live program tells apart, by name."""
    found: set[str] = set()
    for version in live:
        found |= set(getattr(version.config, "category_multipliers", None) or ())
        found |= {key for key in [getattr(version.terms, "category", None)] if key}
    return sorted((key, category_words(key) or key) for key in found)


def _punch(live: Iterable[ProgramVersion]) -> dict[str, str] | None:
    """Return the punch button where a live program has a card to punch."""
    cards = [version.program_id for version in live if version.rule_type in _PUNCHED]
    if not cards:
        return None
    names = program_names(cards)
    return {"words": f"One on {listed([names[card] for card in cards])}", "key": str(new_id())}
