"""Two members who look like one person: side by side, what to keep of whom, what adds up; and the way back."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any
from uuid import UUID

from flask import flash, g, render_template, request, url_for

from app.domain.errors import Conflict, NotFound
from app.domain.permissions import Permission
from app.queries.enrollments import enrollments_of
from app.queries.member_list import members_page
from app.queries.member_search import MemberFilter
from app.queries.members import member as read_one
from app.services.merging import Side, merge_members
from app.services.unmerging import undo_merge
from app.web.business.members import views
from app.web.support.doors import page
from app.web.support.formatting import long_date, money, points
from app.web.support.htmx import go_to
from app.web.support.words import called, masked_email, masked_phone

_CHOSEN = ("name", "phone", "email", "birthday", "external_id")
_SHOWN: dict[str, tuple[str, Callable[[Mapping[str, Any]], str | None]]] = {
    "name": ("Name", called),
    "phone": ("Phone", lambda member: masked_phone(member["phone"])),
    "email": ("E-mail", lambda member: masked_email(member["email"])),
    "birthday": ("Birthday", lambda member: long_date(member["birthday"]) if member["birthday"] else None),
    "external_id": ("External id", lambda member: member["externalId"]),
}
_MOST_FOUND = 8


@page(views.bp, "/<uuid:member_id>/merge", permission=Permission.MEMBER_MERGE, methods=("GET", "POST"))
def merge(member_id: UUID) -> Any:
    """Find the other one, compare, merge into the member whose page this is."""
    stays = read_one(member_id)
    other = _other(member_id)
    if other is None:
        return _find(stays)
    if request.method == "GET":
        return _compare(stays, other, "")
    keep: dict[str, Side] = {name: "from" if request.form.get(name) == "from" else "into" for name in _CHOSEN}
    try:
        merge_members(other["id"], member_id, actor=g.caller.actor, keep=keep)
    except Conflict as error:
        return _compare(stays, other, error.message), 422
    flash(f"{called(other)} and {called(stays)} are one member now. You can undo this for 30 days.", "ok")
    return go_to(url_for("members.show", member_id=member_id))


@page(views.bp, "/<uuid:member_id>/merges/<uuid:merge_id>/undo", permission=Permission.MEMBER_MERGE, methods=("POST",))
def unmerge(member_id: UUID, merge_id: UUID) -> Any:
    """Take a merge back."""
    try:
        back_id = undo_merge(merge_id, into_id=member_id, actor=g.caller.actor)
    except Conflict as error:
        flash(error.message, "bad")
        return go_to(url_for("members.show", member_id=member_id))
    flash("The merge is undone: these are two members again.", "ok")
    return go_to(url_for("members.show", member_id=back_id))


def _other(member_id: UUID) -> dict[str, Any] | None:
    said = request.values.get("other", "")
    try:
        other_id = UUID(said)
    except ValueError:
        return None
    if other_id == member_id:
        raise NotFound("member")
    return read_one(other_id)


def _find(stays: Mapping[str, Any]) -> str:
    q = request.args.get("q", "").strip()[:100]
    found = members_page(MemberFilter(q=q), limit=_MOST_FOUND).members.rows if q else []
    return render_template(
        "business/members/merge_find.html",
        member_id=stays["id"],
        name=called(stays),
        q=q,
        found=[
            {"id": one["id"], "name": called(one), "note": masked_phone(one["phone"]) or f"Number {one['code']}"}
            for one in found
            if one["id"] != stays["id"]
        ],
    )


def _compare(stays: Mapping[str, Any], other: Mapping[str, Any], problem: str) -> str:
    rows = []
    for name, (label, say) in _SHOWN.items():
        into, away = say(stays), say(other)
        chosen = "from" if (request.form.get(name) == "from" or not into) and away else "into"
        rows.append({"name": name, "label": label, "into": into, "away": away, "chosen": chosen})
    return render_template(
        "business/members/merge.html",
        member_id=stays["id"],
        other_id=other["id"],
        into_name=called(stays),
        away_name=called(other),
        rows=rows,
        sums=_sums(stays["id"], other["id"]),
        problem=problem,
    )


def _sums(into_id: UUID, away_id: UUID) -> list[dict[str, str]]:
    """What adds up: one line for each program with points or money that either takes part in."""
    into = {each["programId"]: each for each in enrollments_of(into_id)}
    away = {each["programId"]: each for each in enrollments_of(away_id)}
    lines = []
    for program_id, each in (into | away).items():
        if each["unit"] is None:
            continue
        amounts = [_held(side.get(program_id)) for side in (into, away)]
        say = (lambda amount: money(amount, g.business["currency"])) if each["unit"] == "money" else points
        words = f"{say(amounts[0])} + {say(amounts[1])} = {say(sum(amounts))}"
        lines.append({"program": each["programName"], "words": words})
    return lines


def _held(each: Mapping[str, Any] | None) -> int:
    return int(each["balance"] + each["pending"] - each["owed"]) if each else 0
