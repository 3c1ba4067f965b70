"""A member's own card, opened by a signed link; sign-in comes later (docs/adr/0011)."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from typing import Any

from flask import abort, g, make_response, render_template
from werkzeug.wrappers import Response

from app.core import clock
from app.core.card_links import member_of_card
from app.domain.permissions import Open
from app.queries import timeline
from app.queries.enrollments import enrollments_of
from app.queries.members import member as read_member
from app.queries.vouchers import vouchers_of
from app.web.support.context import shop_icon
from app.web.support.doors import area, page
from app.web.support.formatting import money, short_day
from app.web.support.gains import gains
from app.web.support.rewards import ready_rewards
from app.web.support.standings import balance_of, standings, tier_of
from app.web.support.story import bought, line
from app.web.support.words import called, day_words

bp = area("portal", __name__, door="m")

_HISTORY = 10
_MOST_VOUCHERS = 100


@page(bp, "/card/<token>", permission=Open.MEMBER)
def card(token: str) -> Response:
    """Show the card of the member whom the link names; a link that is not ours, or over, leads nowhere (404)."""
    member_id = member_of_card(g.business["id"], token, clock.now())
    if member_id is None:
        abort(404)
    member, currency = read_member(member_id), g.business["currency"]
    enrollments = enrollments_of(member_id)
    vouchers = vouchers_of(member_id, limit=_MOST_VOUCHERS).rows
    told = timeline.timeline_of(member_id, currency, enrollments, limit=_HISTORY)
    tier = tier_of(enrollments)
    response = make_response(
        render_template(
            "portal/card.html",
            member={"name": called(member), "standing_words": f"{tier} member" if tier else "Member"},
            balance=balance_of(enrollments),
            code={"text": _spaced(member["code"]), "qr_text": member["code"]},
            standings=standings(enrollments, currency=currency, icon=shop_icon()),
            ready=ready_rewards(vouchers, {}),
            tracker=None,
            expiring_words=_expiring(enrollments),
            history=[_told(fact, currency) for fact in told.rows if fact["kind"] != "joined"],
            paused_words=_paused(enrollments),
        )
    )
    response.headers["X-Robots-Tag"] = "noindex"
    return response


def _spaced(code: str) -> str:
    """Return a code in groups of four, as people say it."""
    return " ".join(code[start : start + 4] for start in range(0, len(code), 4))


def _expiring(enrollments: Iterable[Mapping[str, Any]]) -> str | None:
    """Say which points run out next."""
    next_up = [found["progress"]["nextExpiry"] for found in enrollments if found["ruleType"] == "POINTS_BASED"]
    soonest = min((each for each in next_up if each), key=lambda each: each["at"], default=None)
    return f"{soonest['points']:,} points run out on {short_day(soonest['at'])}." if soonest else None


def _told(fact: Mapping[str, Any], currency: str) -> dict[str, Any]:
    """Return one line of the history: shorter than the owner's, in the member's words."""
    day = day_words(fact["at"])
    if fact["kind"] != "purchase":
        drawn = line(fact, currency)
        return {"title": drawn["title"], "meta": f"{day}. {fact['program_name']}", "amount": drawn.get("amount")}
    given = [words for pair in fact["outcomes"] for words in gains(pair.last, currency)]
    paid = money(fact["amount_minor"], currency) if fact["sale_kind"] == "sale" else None
    parts = [f"{day}, {fact['location_name']}" if fact["location_name"] else day, paid]
    return {
        "title": bought(fact),
        "meta": ". ".join(part for part in parts if part),
        "amount": given[0] if given else None,
        "note": _and_more(given[1:]),
    }


def _paused(enrollments: Sequence[Mapping[str, Any]]) -> str | None:
    """Say it when nothing can be collected at the moment."""
    states = {found["programStatus"] for found in enrollments}
    return "Collecting is paused. What you have is safe." if "PAUSED" in states and "ACTIVE" not in states else None


def _and_more(given: Sequence[str]) -> str | None:
    return f"{given[0]} and {len(given) - 1} more" if len(given) > 1 else next(iter(given), None)
