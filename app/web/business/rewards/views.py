"""The catalogue: rewards on and off, the platform's suggestions, and the first three for an empty shelf."""

from __future__ import annotations

from decimal import Decimal
from typing import Any
from uuid import UUID

from flask import abort, flash, g, render_template, request, url_for

from app.domain.errors import NotFound, ValidationErrors
from app.domain.permissions import Permission
from app.domain.reward_starters import Starter, starters
from app.queries import rewards as found
from app.queries.paging import UnknownCursor
from app.queries.reward_reach import PointsProgram, points_programs
from app.services import rewards
from app.web.business.rewards import shown
from app.web.support.doors import area, page
from app.web.support.htmx import go_to
from app.web.support.words import counted

bp = area("rewards", __name__, "/rewards")

_PAGE_SIZE = 24


@page(bp, "", permission=Permission.REWARD_VIEW)
def index() -> str:
    """List the rewards, as tiles or as a table, and what the platform suggests."""
    after = request.args.get("after")
    is_list = request.args.get("view") == "list"
    try:
        rows = found.own_rewards(after, _PAGE_SIZE)
    except UnknownCursor:
        abort(404)
    suggested = found.platform_rewards(with_hidden=True)
    uses = found.uses_of([reward["id"] for reward in rows.rows])
    programs = points_programs()
    names = shown.program_names_of(programs)
    total = found.own_total()
    return render_template(
        "business/rewards/index.html",
        tiles=[
            shown.tile(reward, uses.get(reward["id"], (0, 0)), names.get(reward["programId"], ""))
            for reward in rows.rows
        ],
        is_list=is_list,
        total_words=counted(total, "reward"),
        suggested=[{"id": each["id"], "card": shown.card(each), "is_hidden": each["isHidden"]} for each in suggested],
        starters=[] if total else _starters(programs),
        has_programs=bool(programs),
        newer_url=_here(None) if after else None,
        older_url=_here(rows.next_cursor) if rows.next_cursor else None,
    )


@page(bp, "/start/<starter_key>", permission=Permission.REWARD_EDIT, methods=("POST",))
def start(starter_key: str) -> Any:
    """Switch one of the ready rewards on."""
    programs = points_programs()
    for each in starters(g.business["industry"]):
        if each.key == starter_key:
            body = {**_body(each), "pointsCost": _points(each, programs)}
            rewards.add_reward(body, actor=g.caller.actor)
            flash(f"{each.name} is on. Customers see it from now on.", "ok")
            return go_to(url_for("rewards.index"))
    raise NotFound("starter")


@page(bp, "/<uuid:reward_id>/switch", permission=Permission.REWARD_EDIT, methods=("POST",))
def switch(reward_id: UUID) -> Any:
    """Switch a reward on or off."""
    is_on = request.form.get("to") == "on"
    reward = found.reward(reward_id)
    try:
        rewards.change_reward(reward_id, {"active": is_on}, actor=g.caller.actor)
    except ValidationErrors as error:
        flash(f"{reward['name']} stays off. {next(iter(error.errors.values()))[0]}.", "bad")
        return go_to(url_for("rewards_form.edit", reward_id=reward_id))
    words = "on. Customers see it from now on." if is_on else "off. What was redeemed stays."
    flash(f"{reward['name']} is {words}", "ok")
    return go_to(request.form.get("next") or url_for("rewards.index"))


@page(bp, "/<uuid:reward_id>/copy", permission=Permission.REWARD_EDIT, methods=("POST",))
def copy(reward_id: UUID) -> Any:
    """Make an own reward of one of the platform's, and open it."""
    made = rewards.copy_platform_reward(reward_id, actor=g.caller.actor)
    flash("This is your own copy. It is off until you switch it on.", "ok")
    return go_to(url_for("rewards_form.edit", reward_id=made))


@page(bp, "/<uuid:reward_id>/hide", permission=Permission.REWARD_EDIT, methods=("POST",))
def hide(reward_id: UUID) -> Any:
    """Hide one of the platform's rewards from this business, or show it again."""
    rewards.hide_platform_reward(reward_id, request.form.get("to") != "shown", actor=g.caller.actor)
    return go_to(url_for("rewards.index"))


@page(bp, "/<uuid:reward_id>/delete", permission=Permission.REWARD_EDIT, methods=("GET", "POST"))
def delete(reward_id: UUID) -> Any:
    """Ask before a reward goes for good; while redemptions are open its name has to be typed."""
    reward = found.reward(reward_id)
    if reward["businessId"] is None:
        raise NotFound("reward")
    open_total = found.uses_of([reward_id]).get(reward_id, (0, 0))[1]
    if request.method == "GET":
        return _confirm(reward, open_total, {})
    typed = " ".join(request.form.get("name", "").split()).casefold()
    if open_total and typed != " ".join(reward["name"].split()).casefold():
        return _confirm(reward, open_total, {"name": f"Type {reward['name']} to delete it"}), 422
    rewards.remove_reward(reward_id, actor=g.caller.actor)
    flash(f"{reward['name']} is deleted. What was redeemed stays.", "ok")
    return go_to(url_for("rewards.index"))


def _confirm(reward: dict[str, Any], open_total: int, errors: dict[str, str]) -> str:
    return render_template(
        "business/rewards/delete.html",
        reward={"id": reward["id"], "name": reward["name"]},
        open_words=counted(open_total, "redemption is", "redemptions are") if open_total else "",
        typed=request.form.get("name", ""),
        errors=errors,
    )


def _starters(programs: list[PointsProgram]) -> list[dict[str, Any]]:
    found_cards = []
    for each in starters(g.business["industry"]):
        cost = _points(each, programs)
        card = {
            "name": each.name,
            "words": "",
            "description": "",
            "cost_words": counted(cost, "point"),
            "icon": shown.ICONS[each.reward_type],
        }
        found_cards.append({"key": each.key, "card": card})
    return found_cards


def _body(starter: Starter) -> dict[str, Any]:
    return {"name": starter.name, "rewardType": starter.reward_type, "value": starter.value}


def _points(starter: Starter, programs: list[PointsProgram]) -> int:
    """The price in points of the business's first points program; one a unit while there is none."""
    rate = programs[0].points_per_unit if programs else Decimal(1)
    return starter.points(rate, g.business["currency"])


def _here(after: str | None) -> str:
    return url_for("rewards.index", after=after, view=request.args.get("view"))
