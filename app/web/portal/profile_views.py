"""A member's own details: what is kept, what they agree to, a copy of everything, and the way out."""

from __future__ import annotations

from datetime import date
from typing import Any
from uuid import UUID

from flask import Response, current_app, flash, g, redirect, render_template, request, url_for
from werkzeug.wrappers import Response as AnyResponse

from app.core import serial
from app.domain.errors import ValidationErrors
from app.domain.mail_topics import TOPIC_WORDS, Topic
from app.queries.consents import answers_of
from app.queries.enrollments import enrollments_of
from app.queries.member_copy import member_copy
from app.queries.members import member as read_member
from app.services import portal_profile, portal_sign_in
from app.services.consents import set_consents
from app.services.member_erasure import erase_member
from app.services.portal_sign_in import normal_contact
from app.web.portal.code_limits import is_too_many
from app.web.portal.door import acting_member, count_visit, drop_session, member_page
from app.web.portal.entry_views import TOO_MANY
from app.web.support.doors import area
from app.web.support.standings import balance_of

bp = area("portal_profile", __name__, "/profile", door="m")

_ERASE_WORD = "DELETE"
_NEVER_ASKED = {"card_mail": True, "offers_mail": False}
"""Whom the staff enrolled is written to about the card until they say no, and is sent no offers until they say yes."""


@member_page(bp, "")
def show() -> str:
    """Show all of it on one page."""
    return _page({})


@member_page(bp, "/details", methods=("POST",))
def details() -> Any:
    """Change name and birthday."""
    typed = {"name": request.form.get("name", "").strip(), "birthday": request.form.get("birthday", "").strip()}
    try:
        born = _day(typed["birthday"])
        portal_profile.change_details(g.member.member_id, name=typed["name"], birthday=born, actor=acting_member())
    except ValidationErrors as error:
        return _page({name: messages[0] for name, messages in error.errors.items()}, typed), 422
    return _saved("Saved.")


@member_page(bp, "/contact", methods=("POST",))
def contact() -> Any:
    """Ask for a new phone number or e-mail address, which counts once its code is typed."""
    count_visit()
    typed = request.form.get("contact", "").strip()[:300]
    try:
        wanted = normal_contact(typed)
        if is_too_many(wanted):
            raise ValidationErrors({"contact": [TOO_MANY]})
        challenge_id = portal_profile.ask_contact_change(g.member.member_id, wanted)
    except ValidationErrors as error:
        return _page({"contact": error.errors["contact"][0]}, {"contact": typed}), 422
    return redirect(url_for("portal_confirm.confirm", challenge_id=challenge_id), 303)


@member_page(bp, "/consents", methods=("POST",))
def consents() -> AnyResponse:
    """Keep what the ticks say now, each with the sentence beside it."""
    words = consent_words()
    given = {kind: request.form.get(kind) == "yes" for kind in words}
    set_consents(g.member.member_id, given, source="profile", words=words)
    return _saved("Saved. It counts from now on.")


@member_page(bp, "/mails", methods=("POST",))
def mails() -> AnyResponse:
    """Keep which mails about the card are wanted; those that were always wanted leave no word."""
    said = _wanted_mails(g.member.member_id)
    given = {kind: request.form.get(kind) == "yes" for kind in said}
    changed = {kind: is_given for kind, is_given in given.items() if is_given != said[kind]}
    words = {topic.value: f"E-mails about {TOPIC_WORDS[topic]}" for topic in TOPIC_WORDS}
    set_consents(g.member.member_id, changed, source="profile", words=words)
    return _saved("Saved. It counts from now on.")


@member_page(bp, "/data")
def data() -> Response:
    """Hand out a copy of everything that is kept, as a file."""
    copy = serial.dumps(member_copy(g.member.member_id, g.business["currency"]))
    named = {"Content-Disposition": f'attachment; filename="{g.slug}-my-data.json"'}
    return Response(copy, mimetype="application/json", headers=named)


@member_page(bp, "/sign-out-everywhere", methods=("POST",))
def sign_out_everywhere() -> AnyResponse:
    """End every session but this one."""
    portal_sign_in.end_sessions_of(g.member.member_id, "signed out elsewhere", besides=g.member.session_id)
    return _saved("All other devices are signed out.")


@member_page(bp, "/erase", methods=("GET", "POST"))
def erase() -> Any:
    """Explain what goes and what stays, and do it once the word is typed."""
    if request.method == "GET":
        return _erase_page({})
    if request.form.get("word", "").strip().upper() != _ERASE_WORD:
        return _erase_page({"word": f"Type {_ERASE_WORD} to have everything deleted"}), 422
    erase_member(g.member.member_id, actor=acting_member())
    g.member = None
    response = current_app.make_response(render_template("portal/erased.html"))
    drop_session(response)
    return response


def consent_words() -> dict[str, str]:
    """Return the sentence of each consent, as it is shown and kept."""
    name = g.business["name"]
    return {
        "card_mail": f"{name} may write to me about my card: rewards I have earned, points that run out.",
        "offers_mail": f"{name} may send me offers and news.",
    }


def _wanted_mails(member_id: UUID) -> dict[str, bool]:
    """Which topics of mails a member wants: all, until they say no to one."""
    answers = answers_of(member_id)
    return {topic.value: answers.get(topic.value, True) for topic in TOPIC_WORDS}


def _page(errors: dict[str, str], typed: dict[str, str] | None = None) -> str:
    member = read_member(g.member.member_id)
    kept = {"name": member["name"], "birthday": member["birthday"], "contact": ""}
    given = _NEVER_ASKED | answers_of(member["id"])
    return render_template(
        "portal/profile.html",
        member=member,
        values=kept | (typed or {}),
        errors=errors,
        push_key=current_app.extensions["web_push"].public_key,
        consents=[{"kind": kind, "words": words, "is_given": given[kind]} for kind, words in consent_words().items()],
        topics=[
            {"kind": kind, "words": TOPIC_WORDS[Topic(kind)].capitalize(), "is_given": is_given}
            for kind, is_given in _wanted_mails(member["id"]).items()
            if given["card_mail"]
        ],
    )


def _erase_page(errors: dict[str, str]) -> str:
    balance = balance_of(enrollments_of(g.member.member_id))
    return render_template("portal/erase.html", word=_ERASE_WORD, balance=balance, errors=errors)


def _saved(words: str) -> AnyResponse:
    flash(words, "ok")
    return redirect(url_for("portal_profile.show"), 303)


def _day(text: str) -> date | None:
    """Read the browser's date field, or what was typed where there is none."""
    try:
        return date.fromisoformat(text) if text else None
    except ValueError as error:
        raise ValidationErrors({"birthday": ["Birthday must be a date such as 1990-12-25"]}) from error
