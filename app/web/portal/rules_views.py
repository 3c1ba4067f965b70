"""How it works: the page of rules, made from what is live now, with the owner's own terms."""

from __future__ import annotations

from typing import Any
from uuid import UUID

from flask import g, render_template

from app.domain.permissions import Open
from app.domain.program import ProgramVersion
from app.queries.businesses import business, locations_page
from app.queries.program_names import program_names
from app.web.portal.door import visiting_member
from app.web.portal.rule_facts import facts, tier_rows
from app.web.support.doors import area, page
from app.web.support.offer import live_offers
from app.web.support.sentences import rule_sentence

bp = area("portal_rules", __name__, door="m")

_MOST_LOCATIONS = 100


@page(bp, "/how-it-works", permission=Open.ANYONE)
def how_it_works() -> str:
    """Show what every live program gives and on which conditions."""
    visiting_member()
    offers = live_offers()
    names = program_names([version.program_id for version in offers])
    locations = {row["id"]: row["name"] for row in locations_page(1, _MOST_LOCATIONS).rows}
    return render_template(
        "portal/how_it_works.html",
        programs=[_told(version, names[version.program_id], locations) for version in offers],
        terms=_paragraphs(business(g.business["id"])["settings"].get("terms")),
    )


def _told(version: ProgramVersion, name: str, locations: dict[UUID, str]) -> dict[str, Any]:
    return {
        "name": name,
        "sentence": rule_sentence(version),
        "facts": facts(version, locations),
        "tiers": tier_rows(version),
    }


def _paragraphs(text: Any) -> list[str]:
    return [part.strip() for part in str(text or "").split("\n\n") if part.strip()]
