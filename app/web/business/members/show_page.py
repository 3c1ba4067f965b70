"""The page of one member: what it shows beside the timeline, and the timeline with what can be undone."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any
from uuid import UUID

from flask import abort, g, render_template, request, url_for

from app.core import clock
from app.core.card_links import card_token
from app.domain.permissions import Permission
from app.queries import timeline
from app.queries.consents import consents_of
from app.queries.enrollments import enrollments_of
from app.queries.member_desk import alike, desk_of
from app.queries.members import member as read_one
from app.queries.paging import UnknownCursor
from app.queries.reward_shelf import reward_shelf
from app.queries.vouchers import vouchers_of
from app.web.business.members import rows
from app.web.support import story
from app.web.support.context import initials, shop_icon
from app.web.support.htmx import wants_fragment
from app.web.support.rewards import ready_rewards
from app.web.support.standings import standings
from app.web.support.words import called

_MOST_VOUCHERS = 100
_MOST_REWARDS = 6
_FILTERS = (
    ("Everything", None),
    ("Earned", timeline.EARNED),
    ("Redeemed", timeline.REDEEMED),
    ("Tier", timeline.TIER),
    ("Manual", timeline.MANUAL),
    ("Messages", timeline.MESSAGES),
    ("System", timeline.SYSTEM),
)
_CONSENTS = {"card_mail": "E-mails about the card", "offers_mail": "Offers by e-mail", "push": "Messages on the phone"}


def member_page(member_id: UUID, *, is_shown: bool = False) -> str:
    """Draw the page, or the part of the timeline that htmx asks for. Raises NotFound."""
    member, enrollments = read_one(member_id), enrollments_of(member_id)
    told = _story(member_id, enrollments)
    if wants_fragment() and request.method == "GET":
        name = "_days" if request.args.get("before") else "_timeline"
        return render_template(f"business/members/{name}.html", **told)
    vouchers = vouchers_of(member_id, limit=_MOST_VOUCHERS).rows
    programs = {found["programId"]: found["programName"] for found in enrollments}
    desk = desk_of(member_id, clock.now())
    return render_template(
        "business/members/show.html",
        member=_header(member),
        standings=standings(enrollments, currency=g.business["currency"], icon=shop_icon()),
        vouchers=ready_rewards(vouchers, programs),
        shelf=reward_shelf(member_id)[:_MOST_REWARDS],
        facts=rows.facts(member, is_shown=is_shown, is_confirmed=desk["is_confirmed"]),
        can_show=not is_shown and rows.has_contact(member),
        has_tiers=any(each["ruleType"] == "TIER_BASED" for each in enrollments),
        consents=[(_CONSENTS[kind], agreed) for kind, agreed in consents_of(member_id).items()],
        desk=desk,
        alike=alike(member) if g.caller.may(Permission.MEMBER_MERGE) else [],
        may={
            "adjust": g.caller.may(Permission.POINTS_ADJUST),
            "edit": g.caller.may(Permission.MEMBER_EDIT),
            "merge": g.caller.may(Permission.MEMBER_MERGE),
            "erase": g.caller.may(Permission.MEMBER_ERASE),
        },
        **told,
    )


def _header(member: Mapping[str, Any]) -> dict[str, Any]:
    name = called(member)
    return {
        "id": member["id"],
        "name": name,
        "initials": initials(name),
        "number": member["code"],
        "joined_at": member["joinedAt"],
        "status": member["status"],
        "card_url": url_for("portal.card", token=card_token(g.business["id"], member["id"], clock.now())),
    }


def _story(member_id: UUID, enrollments: list[dict[str, Any]]) -> dict[str, Any]:
    """The timeline as the address asks for it."""
    show = request.args.get("show")
    shown = show if show in dict(_FILTERS).values() else None
    before = request.args.get("before") or None
    try:
        found = timeline.timeline_of(
            member_id, g.business["currency"], enrollments, show=shown or timeline.EVERYTHING, cursor=before
        )
    except UnknownCursor:
        abort(404)
    older = url_for("members.show", member_id=member_id, show=shown, before=found.next_cursor)
    return {
        "filters": [
            {
                "label": label,
                "href": url_for("members.show", member_id=member_id, show=kind),
                "is_current": kind == shown,
            }
            for label, kind in _FILTERS
        ],
        "days": story.days(found.rows, g.business["currency"], _undo_url(member_id), _refund_url(member_id)),
        "older_url": older if found.next_cursor else None,
    }


def _undo_url(member_id: UUID) -> Callable[[Mapping[str, Any]], str | None]:
    """Where a line is undone: a purchase by cancelling it, points by hand by an entry that reverses them."""
    may_adjust = g.caller.may(Permission.POINTS_ADJUST)
    may_cancel = g.caller.may(Permission.PURCHASE_CORRECT)

    def url(fact: Mapping[str, Any]) -> str | None:
        if fact["kind"] == "entry" and may_adjust and fact["is_by_hand"] and not fact["is_undone"]:
            return url_for("members.undo_entry", member_id=member_id, entry_id=fact["id"])
        if fact["kind"] == "purchase" and may_cancel and fact["status"] == "completed" and not fact["waiting"]:
            return url_for("members.undo_purchase", member_id=member_id, purchase_id=fact["id"])
        return None

    return url


def _refund_url(member_id: UUID) -> Callable[[Mapping[str, Any]], str | None]:
    """Where a purchase is refunded, while there is something left of it."""
    may = g.caller.may(Permission.PURCHASE_REFUND)

    def url(fact: Mapping[str, Any]) -> str | None:
        is_open = fact["kind"] == "purchase" and fact["status"] == "completed"
        if not (may and is_open and fact["amount_minor"] > fact["refunded_minor"]):
            return None
        return url_for("members.refund", member_id=member_id, purchase_id=fact["id"])

    return url
