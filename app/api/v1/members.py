"""Members: made, found, changed and erased (API.md, Members)."""

from __future__ import annotations

from typing import Annotated, Any
from uuid import UUID

from flask import Blueprint
from pydantic import Field

from app.api.answers import Answer
from app.api.member_shapes import MemberShape, MemberStatus
from app.api.pagination import CursorQuery, SliceOf, slice_answer
from app.api.routing import Raw, route
from app.domain.body import Body
from app.domain.member_body import MemberChanges, NewMember, StatusChange
from app.domain.permissions import Caller, Permission
from app.queries import members as found
from app.services import member_erasure, members
from app.services.merging import merge_members

bp = Blueprint("members", __name__, url_prefix="/members")


class MergeBody(Body):
    """Into whom the member goes, who stays."""

    into: UUID


class MembersQuery(CursorQuery):
    """Whom to list."""

    q: Annotated[str, Field(max_length=200)] | None = None
    status: MemberStatus | None = None
    segment: Annotated[str, Field(max_length=100)] | None = None


@route(
    bp, "POST", "", permission=Permission.MEMBER_EDIT, body=Raw(NewMember), answers={201: MemberShape}, limit="ingest"
)
def create_member(body: dict[str, Any], caller: Caller) -> dict[str, Any]:
    """Make a member."""
    return found.member(members.create_member(body, actor=caller.actor))


@route(
    bp,
    "GET",
    "",
    permission=Permission.MEMBER_VIEW,
    query=MembersQuery,
    answers={200: SliceOf[MemberShape]},
    limit="look_up",
)
def list_members(query: MembersQuery) -> dict[str, Any]:
    """List members, the newest first, or find them by the beginnings of words."""
    return slice_answer(
        found.members_slice(
            q=query.q, status=query.status, segment=query.segment, cursor=query.cursor, limit=query.limit
        )
    )


@route(bp, "GET", "/<uuid:member_id>", permission=Permission.MEMBER_VIEW, answers={200: MemberShape}, limit="ingest")
def read_member(member_id: UUID) -> dict[str, Any]:
    """Read one member."""
    return found.member(member_id)


@route(
    bp,
    "PATCH",
    "/<uuid:member_id>",
    permission=Permission.MEMBER_EDIT,
    body=Raw(MemberChanges),
    answers={200: MemberShape},
)
def change_member(member_id: UUID, body: dict[str, Any], caller: Caller, if_match: int | None) -> dict[str, Any]:
    """Change what the body names."""
    members.update_member(member_id, body, actor=caller.actor, if_match=if_match)
    return found.member(member_id)


@route(bp, "DELETE", "/<uuid:member_id>", permission=Permission.MEMBER_ERASE, answers={204: None})
def erase_member(member_id: UUID, caller: Caller) -> Answer:
    """Erase all that is personal; the anonymous ledger stays."""
    member_erasure.erase_member(member_id, actor=caller.actor)
    return Answer(status=204)


@route(
    bp,
    "POST",
    "/<uuid:member_id>/status",
    permission=Permission.MEMBER_EDIT,
    body=Raw(StatusChange),
    answers={200: MemberShape},
)
def set_member_status(member_id: UUID, body: dict[str, Any], caller: Caller) -> dict[str, Any]:
    """Let a member earn, or stop them from earning."""
    members.set_member_status(member_id, body, actor=caller.actor)
    return found.member(member_id)


@route(
    bp,
    "POST",
    "/<uuid:member_id>/merge",
    permission=Permission.MEMBER_MERGE,
    body=MergeBody,
    answers={200: MemberShape},
)
def merge_member(member_id: UUID, body: MergeBody, caller: Caller) -> dict[str, Any]:
    """Merge a member into another who is the same person, and read the one who stays."""
    merge_members(member_id, body.into, actor=caller.actor)
    return found.member(body.into)
