"""Stopping the mails of a business by the link in each of them, in one click and without signing in (RFC 8058)."""

from __future__ import annotations

from typing import Any

from flask import abort, g, render_template, request

from app.core.unsubscribe_links import member_of_token
from app.domain.errors import NotFound
from app.domain.permissions import Open
from app.queries.consents import answers_of
from app.queries.members import member as read_member
from app.services.consents import set_consent
from app.web.support.doors import area, page

bp = area("portal_mails", __name__, door="m")

_WORDS = "Stop e-mails about my card"


@page(bp, "/no-mail/<token>", permission=Open.ANYONE, methods=("GET", "POST"), is_proven_by_address=True)
def stop(token: str) -> Any:
    """Show the button, since a mail program may look the link up by itself; a POST stops the mails, however often."""
    member_id = member_of_token(g.business["id"], token)
    if member_id is None:
        abort(404)
    try:
        read_member(member_id)
    except NotFound:
        abort(404)
    if request.method == "POST":
        wants = request.form.get("again") == "yes"
        set_consent(member_id, "card_mail", wants, source="unsubscribe", words=_WORDS)
    is_stopped = answers_of(member_id).get("card_mail") is False
    return render_template("portal/no_mail.html", is_stopped=is_stopped)
