"""Mails the codes with which members of one business sign in."""

from __future__ import annotations

from typing import Any
from uuid import UUID
from zoneinfo import ZoneInfo

from flask import current_app, render_template

from app.core import failpoints
from app.core.config import settings
from app.core.unit_of_work import unit_of_work
from app.domain.branding import LIGHT, palette
from app.jobs.runtime import job
from app.queries import businesses
from app.services import due, sign_in_mails
from app.services.sign_in_mails import ClaimedCode


@job(opens="nothing", due="sign_in")
def send_codes(business_id: UUID) -> None:
    """Send the codes that wait: claimed in one transaction, sent outside any, settled in another."""
    while _send_batch(business_id):
        pass
    with unit_of_work(business_id):
        at = sign_in_mails.next_due_at()
        if at is not None:
            due.leave_once("sign_in", at)


def _send_batch(business_id: UUID) -> int:
    with unit_of_work(business_id):
        business = businesses.business(business_id)
        claimed = sign_in_mails.claim_codes()
    for code in claimed:
        error = _sent(business, code)
        failpoints.reach("sign_in.sent")
        with unit_of_work(business_id):
            sign_in_mails.settle_code(code, error)
    return len(claimed)


def _sent(business: dict[str, Any], code: ClaimedCode) -> str:
    mailer = current_app.extensions["mailer"]
    context = _context(business, code)
    subject, _, text = render_template("portal/mails/code.txt", **context).partition("\n")
    html = render_template("portal/mails/code.html", **context)
    words = {"subject": subject.strip(), "text": text.strip() + "\n", "html": html}
    return sign_in_mails.send_code(mailer, code, sender_name=business["name"], **words)


def _context(business: dict[str, Any], code: ClaimedCode) -> dict[str, Any]:
    portal = f"{settings().base_url}/m/{business['slug']}"
    return {
        "business_name": business["name"],
        "logo_url": business["logoUrl"],
        "card_url": f"{portal}/profile" if code.is_change else f"{portal}/enter/{code.id}/{code.link}",
        "colours": palette(business["brandColor"] or businesses.DEFAULT_BRAND, LIGHT),
        "member_name": code.member_name,
        "joined_on": code.joined_at.astimezone(ZoneInfo(business["timezone"])).date(),
        "code": f"{code.code[:3]} {code.code[3:]}",
        "is_change": code.is_change,
    }
