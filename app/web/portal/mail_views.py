"""Stopping the mails of a business by the link in each of them, in one click and without signing in (RFC 8058)."""

from __future__ import annotations

from typing import Any
from uuid import UUID

from flask import abort, g, render_template, request

from app.core.unsubscribe_links import member_of_token
from app.domain.errors import NotFound
from app.domain.mail_topics import TOPIC_SLUGS, TOPIC_WORDS, Topic
from app.domain.permissions import Open
from app.queries.consents import answers_of
from app.queries.members import member as read_member
from app.services.consents import set_consent
from app.web.support.doors import area, page

bp = area("portal_mails", __name__, door="m")

_WORDS = "Stop e-mails about my card"
_ALL = "card_mail"


@page(bp, "/no-mail/<token>/<about>", permission=Open.ANYONE, methods=("GET", "POST"), is_proven_by_address=True)
def stop_topic(token: str, about: str) -> Any:
    """The same for the mails of one topic; all of them can be stopped from there."""
    topic = TOPIC_SLUGS.get(about)
    if topic is None:
        abort(404)
    return _page(_member(token), token, topic)


@page(bp, "/no-mail/<token>", permission=Open.ANYONE, methods=("GET", "POST"), is_proven_by_address=True)
def stop(token: str) -> Any:
    """Show the button, since a mail program may look the link up by itself; a POST stops the mails, however often."""
    return _page(_member(token), token, None)


def _member(token: str) -> UUID:
    member_id = member_of_token(g.business["id"], token)
    if member_id is None:
        abort(404)
    try:
        read_member(member_id)
    except NotFound:
        abort(404)
    return member_id


def _page(member_id: UUID, token: str, topic: Topic | None) -> str:
    kind, words = (_ALL, _WORDS) if topic is None else (topic.value, f"Stop e-mails about {TOPIC_WORDS[topic]}")
    if request.method == "POST":
        set_consent(member_id, kind, request.form.get("again") == "yes", source="unsubscribe", words=words)
    said = answers_of(member_id)
    return render_template(
        "portal/no_mail.html",
        token=token,
        about=None if topic is None else TOPIC_WORDS[topic],
        is_stopped=said.get(kind) is False,
        is_all_stopped=said.get(_ALL) is False,
    )
