"""Sends the messages of one business: claimed in one transaction, sent outside any, settled in another."""

from __future__ import annotations

import time
from concurrent.futures import ThreadPoolExecutor
from typing import Any
from uuid import UUID
from zoneinfo import ZoneInfo

import structlog
from flask import current_app, render_template

from app.core import clock, failpoints
from app.core.account_links import Purpose
from app.core.card_links import card_token
from app.core.config import settings
from app.core.invitation_links import InvitationLink, invitation_token
from app.core.unit_of_work import unit_of_work
from app.core.unsubscribe_links import unsubscribe_token
from app.domain.branding import LIGHT, palette
from app.domain.mail_topics import topic_slug
from app.domain.message_registry import MESSAGES, TOPICS
from app.jobs.runtime import job
from app.queries import businesses
from app.services import due, notifications
from app.services.notifications import ClaimedMessage, WrittenMail

SENDING_AT_ONCE = 8
_MOST_SECONDS = 45.0
_LINKS = {Purpose.RESET: "/password/new/", Purpose.DRAFT: "/draft/"}

_log = structlog.get_logger("notifications")


@job(opens="nothing", due="notifications")
def send_messages(business_id: UUID) -> None:
    """Send what waits, at least once and usually once; a slow receiver holds up one of a few threads.

    What is left (retries, claims of a worker that died, more than fits into the time) is due again when it may be.
    """
    deadline = time.monotonic() + _MOST_SECONDS
    while _send_batch(business_id) and time.monotonic() < deadline:
        pass
    with unit_of_work(business_id):
        at = notifications.next_due_at()
        if at is not None:
            due.leave_once("notifications", at)


def _send_batch(business_id: UUID) -> int:
    with unit_of_work(business_id):
        business = businesses.business(business_id)
        claimed = notifications.claim_messages()
    if claimed:
        errors = _send_all(business, claimed)
        failpoints.reach("notifications.sent")
        with unit_of_work(business_id):
            for message, error in zip(claimed, errors, strict=True):
                notifications.settle_message(message, error)
    return len(claimed)


def _send_all(business: dict[str, Any], claimed: list[ClaimedMessage]) -> list[str]:
    """Return one error a message, empty for those that went out. A message that cannot be written fails alone."""
    mailer = current_app.extensions["mailer"]

    def send(message: ClaimedMessage, written: WrittenMail | str) -> str:
        if isinstance(written, str):
            return written
        return notifications.send_message(mailer, message, business["name"], written)

    written = [_written(business, message) for message in claimed]
    with ThreadPoolExecutor(SENDING_AT_ONCE) as pool:
        return list(pool.map(send, claimed, written))


def _written(business: dict[str, Any], message: ClaimedMessage) -> WrittenMail | str:
    """The mail as ``messages/<kind>/`` has it, or why not; the text's first line is the subject."""
    folder = f"messages/{message.kind}"
    try:
        context = _context(business, message)
        subject, _, text = render_template(f"{folder}/mail.txt", **context).partition("\n")
        html = render_template(f"{folder}/mail.html", **context)
        stop_url = context.get("unsubscribe_url", "")
        foot = f"\nNo more of these e-mails: {stop_url}\n" if stop_url else ""
        return WrittenMail(subject.strip(), f"{text.strip()}\n{foot}", html, stop_url)
    except Exception as error:
        _log.exception("message_not_written", message_id=str(message.id), kind=message.kind)
        return repr(error)


def _context(business: dict[str, Any], message: ClaimedMessage) -> dict[str, Any]:
    """What the templates of every kind may say, and what this kind adds to it."""
    base_url = settings().base_url
    return {
        "base_url": base_url,
        "business_name": business["name"],
        "business_url": f"{base_url}/b/{business['slug']}/",
        "logo_url": business["logoUrl"],
        "colours": palette(business["brandColor"] or businesses.DEFAULT_BRAND, LIGHT),
        "recipient_name": message.recipient_name,
        "program_name": message.program_name,
        **_of_member(business, message),
        **_of_invited(business, message),
        **_of_account(message),
        **MESSAGES[message.kind].words(message.context),
    }


def _of_member(business: dict[str, Any], message: ClaimedMessage) -> dict[str, Any]:
    """What only a member has: a card, and a day on which they joined."""
    if message.member_id is None or message.joined_at is None:
        return {}
    token = card_token(business["id"], message.member_id, clock.now())
    portal = f"{settings().base_url}/m/{business['slug']}"
    stop_all, topic = f"{portal}/no-mail/{unsubscribe_token(business['id'], message.member_id)}", TOPICS[message.kind]
    return {
        "card_url": f"{portal}/card/{token}",
        "unsubscribe_url": f"{stop_all}/{topic_slug(topic)}" if topic else stop_all,
        "choices_url": f"{portal}/profile",
        "member_name": message.recipient_name,
        "joined_on": message.joined_at.astimezone(ZoneInfo(business["timezone"])).date(),
    }


def _of_account(message: ClaimedMessage) -> dict[str, Any]:
    """What only a mail about an account has: a link that proves who opens it."""
    if message.link is None:
        return {}
    return {"link_url": f"{settings().base_url}{_LINKS[message.context['link']]}{message.link}"}


def _of_invited(business: dict[str, Any], message: ClaimedMessage) -> dict[str, Any]:
    """What only somebody invited has: a link, which is made when it is sent, so that no row ever holds it."""
    if "invitationId" not in message.context:
        return {}
    link = InvitationLink(UUID(message.context["invitationId"]), message.context["edition"])
    token = invitation_token(business["id"], link)
    return {"invitation_url": f"{settings().base_url}/b/{business['slug']}/invitation/{token}"}
