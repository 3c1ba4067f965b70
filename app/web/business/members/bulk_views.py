"""What is done to several members of the list at once: tagged or no longer, suspended or no longer, exported."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any
from uuid import UUID

from flask import Response, flash, g, make_response, request, url_for

from app.domain.errors import ValidationErrors
from app.domain.permissions import Permission
from app.queries.member_list import matching_ids
from app.services.member_exports import export_members
from app.services.member_tags import tag_members, untag_members
from app.services.members_bulk import MOST, set_status_of
from app.web.business.members import search, views
from app.web.business.members.search import filter_of, read_search, stored
from app.web.support.doors import page
from app.web.support.htmx import go_to
from app.web.support.words import counted


@page(views.bp, "/bulk", permission=Permission.MEMBER_EDIT, methods=("POST",))
def bulk() -> Any:
    """Tag or suspend the ticked members, or all who match; say how many, and how many were left as they were."""
    said = read_search(request.form)
    back = search.address(said)
    ids = _chosen(said)
    if not ids:
        flash("Select members first.", "bad")
        return go_to(back)
    if len(ids) > MOST:
        flash(f"That is more than {MOST} members. Narrow the list with filters.", "bad")
        return go_to(back)
    try:
        flash(_done(ids), "ok")
    except ValidationErrors as error:
        flash(next(iter(error.errors.values()))[0], "bad")
    return go_to(back)


@page(views.bp, "/export", permission=Permission.MEMBER_EXPORT, methods=("POST",))
def export() -> Any:
    """Send the members who match, or the ticked, as CSV; many become an operation whose page offers the file."""
    said = read_search(request.form)
    wanted = stored(said)
    if request.form.get("only_selected") and not request.form.get("all"):
        ids = _chosen(said)
        if not ids:
            flash("Select members first.", "bad")
            return go_to(search.address(said))
        wanted = {"ids": " ".join(map(str, ids[:MOST]))}
    made = export_members(wanted, actor=g.caller.actor)
    if isinstance(made, UUID):
        return go_to(url_for("operations.show", operation_id=made))
    answer: Response = make_response(made)
    answer.headers["Content-Type"] = "text/csv; charset=utf-8"
    answer.headers["Content-Disposition"] = f'attachment; filename="members-{g.slug}.csv"'
    return answer


def _chosen(said: Mapping[str, str]) -> list[UUID]:
    if request.form.get("all"):
        return matching_ids(filter_of(said), MOST + 1)
    ticked = [_uuid(text) for text in request.form.getlist("ids")[: MOST + 1]]
    return [member_id for member_id in ticked if member_id]


def _done(ids: list[UUID]) -> str:
    actor, action = g.caller.actor, request.form.get("action")
    if action == "tag":
        name = request.form.get("name", "")
        done, words = tag_members(ids, name, actor=actor), f"tagged {name.strip()}"
    elif action == "untag":
        name = request.form.get("name", "")
        done, words = untag_members(ids, name, actor=actor), f"no longer tagged {name.strip()}"
    elif action in ("suspend", "resume"):
        status = "suspended" if action == "suspend" else "active"
        done, words = set_status_of(ids, status, actor=actor), "suspended" if action == "suspend" else "active again"
    else:
        raise ValidationErrors({"action": ["Choose what to do with the selected members"]})
    skipped = len(ids) - done
    return f"{counted(done, 'member')} {words}." + (f" {skipped} skipped: already so." if skipped else "")


def _uuid(text: str) -> UUID | None:
    try:
        return UUID(text)
    except ValueError:
        return None
