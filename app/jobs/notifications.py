"""Sends the messages of one business: claimed in one transaction, sent outside any, settled in another."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from uuid import UUID

from flask import current_app, render_template

from app.core.unit_of_work import unit_of_work
from app.jobs.runtime import job
from app.services import due, notifications

SENDING_AT_ONCE = 4


@job(opens="nothing", due="notifications")
def send_messages(business_id: UUID) -> None:
    """Send everything that waits; a slow receiver holds up one of a few threads. At least once, usually once."""
    failures = 0
    while not failures:
        with unit_of_work(business_id):
            claimed = notifications.claim_messages()
        if not claimed:
            return
        failures = sum(map(bool, _send_all(business_id, claimed)))
    with unit_of_work(business_id):
        due.leave("notifications")


def _send_all(business_id: UUID, claimed: list[notifications.ClaimedMessage]) -> list[str]:
    rendered = [(message, *_rendered(message)) for message in claimed]
    mailer = current_app.extensions["mailer"]
    with ThreadPoolExecutor(SENDING_AT_ONCE) as pool:
        sending = [
            pool.submit(notifications.send_message, mailer, message, subject=subject, text=text, html=html)
            for message, subject, text, html in rendered
        ]
        errors = [each.result() for each in sending]
    with unit_of_work(business_id):
        for message, error in zip(claimed, errors, strict=True):
            notifications.settle_message(message, error)
    return errors


def _rendered(message: notifications.ClaimedMessage) -> tuple[str, str, str]:
    """(subject, text, HTML) from ``messages/<kind>/``; the text's first line is the subject."""
    context = {"member_name": message.member_name, "business": message.business, **message.context}
    subject, _, text = render_template(f"messages/{message.kind}/mail.txt", **context).partition("\n")
    return subject.strip(), text.strip() + "\n", render_template(f"messages/{message.kind}/mail.html", **context)
