"""Redemptions on paper: the list to take them from the shelf by, and a label for each."""

from __future__ import annotations

from collections import Counter

from flask import render_template, request

from app.core import clock
from app.domain.permissions import Permission
from app.queries import redemptions as found
from app.web.business.redemptions import asked, shown
from app.web.support.doors import area, page

bp = area("redemptions_print", __name__, "/redemptions")


@page(bp, "/pick-list", permission=Permission.REDEMPTION_VIEW)
def pick_list() -> str:
    """Show what is to be taken from the shelf, on paper too: what is ticked, or all that is approved."""
    rows = _rows()
    places = asked.places_of_all()
    totals = Counter(row["name"] for row in rows)
    return render_template(
        "business/redemptions/pick_list.html",
        tickets=[shown.ticket(row, places) for row in rows],
        totals=sorted(totals.items(), key=lambda item: (-item[1], item[0])),
        printed_at=clock.now(),
    )


@page(bp, "/labels", permission=Permission.REDEMPTION_VIEW)
def labels() -> str:
    """Show a label for each that is ticked, or for all that is approved: the address, or who collects it."""
    places = asked.places_of_all()
    return render_template("business/redemptions/labels.html", tickets=[shown.ticket(row, places) for row in _rows()])


def _rows() -> list[dict[str, object]]:
    ids = asked.ticked(request.args.getlist("ids"))
    return found.redemptions_by_id(ids) if ids else found.oldest_in("approved", limit=asked.MOST_PICKED)
