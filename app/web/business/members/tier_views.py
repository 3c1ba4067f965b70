"""A member lifted to a higher tier by hand, with a reason."""

from __future__ import annotations

from typing import Any
from uuid import UUID

from flask import abort, flash, g, render_template, request, url_for

from app.domain.errors import Conflict, ValidationErrors
from app.domain.permissions import Permission
from app.domain.tiers import rank
from app.queries.enrollments import enrollments_of
from app.queries.live_versions import newest_versions
from app.queries.members import member as read_one
from app.services.tier_moves import lift_by_hand
from app.web.business.members import views
from app.web.support.doors import page
from app.web.support.htmx import go_to
from app.web.support.words import first_name


@page(views.bp, "/<uuid:member_id>/tier", permission=Permission.POINTS_ADJUST, methods=("GET", "POST"))
def lift(member_id: UUID) -> Any:
    """Choose among the tiers above the one held, and say why."""
    member, typed = read_one(member_id), {key: request.form.get(key, "").strip() for key in ("tier", "reason")}
    if request.method == "GET":
        return _form(member, typed, {})
    program, _, tier = typed["tier"].partition(" ")
    if program not in {value.partition(" ")[0] for value, _ in _choices(member_id)}:
        return _form(member, typed, {"tier": "Choose a tier"}), 422
    try:
        lift_by_hand(member_id, UUID(program), tier, typed["reason"], g.caller.actor)
    except ValidationErrors as error:
        return _form(member, typed, {name: said[0] for name, said in error.errors.items()}), 422
    except Conflict as error:
        return _form(member, typed, {"tier": error.message}), 422
    flash(f"{first_name(member)} is {tier} now.", "ok")
    return go_to(url_for("members.show", member_id=member_id))


def _choices(member_id: UUID) -> list[tuple[str, str]]:
    """("program tier", words) of every tier above the one held."""
    entered = [each for each in enrollments_of(member_id) if each["ruleType"] == "TIER_BASED"]
    versions = newest_versions([each["programId"] for each in entered]) if entered else {}
    found = []
    for each in entered:
        terms = versions[each["programId"]].terms
        above = terms.names[rank(each["tier"], terms) + 1 :]
        found += [(f"{each['programId']} {name}", f"{name}, {each['programName']}") for name in above]
    return found


def _form(member: dict[str, Any], typed: dict[str, str], errors: dict[str, str]) -> str:
    choices = _choices(member["id"])
    if not choices and not errors and request.method == "POST":
        abort(404)
    context = {"member_id": member["id"], "who": first_name(member), "choices": choices}
    return render_template("business/members/tier.html", **context, typed=typed, errors=errors)
