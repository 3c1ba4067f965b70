"""A purchase refunded at the desk: in full, by amount or by items, after every consequence has been said."""

from __future__ import annotations

from typing import Any
from uuid import UUID

from flask import flash, g, render_template, request, url_for

from app.domain.errors import Conflict, NotFound, ValidationErrors
from app.domain.permissions import Permission
from app.queries.members import member as read_one
from app.queries.refunds import refundable
from app.web.business.members import views
from app.web.support import refunds
from app.web.support.doors import page
from app.web.support.formatting import money
from app.web.support.htmx import go_to
from app.web.support.words import first_name


@page(
    views.bp,
    "/<uuid:member_id>/purchases/<uuid:purchase_id>/refund",
    permission=Permission.PURCHASE_REFUND,
    methods=("GET", "POST"),
)
def refund(member_id: UUID, purchase_id: UUID) -> Any:
    """Ask what is given back, say what that takes away, and do it once that was read."""
    purchase, currency = refundable(purchase_id), g.business["currency"]
    if purchase["memberId"] != member_id:
        raise NotFound("purchase of the member")
    if request.method == "GET":
        return _page(purchase, refunds.first_values(purchase, currency), {})
    typed = refunds.read_refund(request.form, purchase, currency)
    if typed.asked is None:
        return _page(purchase, typed.values, typed.errors), 422
    try:
        said = refunds.consequences(purchase_id, typed.asked, currency, g.caller.actor)
        if request.form.get("step") != "refund":
            return _page(purchase, typed.values, {}, said=said, amount=typed.asked.amount)
        refunds.refund(purchase_id, typed.asked, g.caller.actor)
    except (Conflict, ValidationErrors) as error:
        return _page(refundable(purchase_id), typed.values, refunds.refused(error, typed.asked)), 422
    words = " ".join(f"{each['program']}: {each['words']}" for each in said)
    flash(f"{money(typed.asked.amount, currency)} given back. {words}".strip(), "ok")
    return go_to(url_for("members.show", member_id=member_id))


def _page(purchase: dict[str, Any], values: dict[str, str], errors: dict[str, str], **preview: Any) -> str:
    currency, member = g.business["currency"], read_one(purchase["memberId"])
    amount = preview.get("amount")
    return render_template(
        "business/members/refund.html",
        member_id=member["id"],
        who=first_name(member),
        purchase=refunds.shown(purchase, currency),
        values=values | ({} if amount is None else {"seen": values["seen"] or str(purchase["refunded"])}),
        errors=errors,
        said=preview.get("said"),
        amount_words=None if amount is None else money(amount, currency),
    )
