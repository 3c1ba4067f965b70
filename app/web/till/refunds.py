"""A purchase of the till refunded in part or in full, with a manager's PIN, after every consequence was said."""

from __future__ import annotations

from typing import Any
from uuid import UUID

from flask import flash, g, redirect, render_template, request, url_for

from app.domain.errors import Conflict, NotFound, ValidationErrors
from app.domain.permissions import Permission
from app.queries.refunds import refundable
from app.queries.till_items import till_purchase
from app.web.support import refunds
from app.web.support.doors import area, page
from app.web.support.formatting import money
from app.web.support.htmx import SEE_OTHER
from app.web.support.words import called
from app.web.till.approval import approval, approval_context
from app.web.till.frame import frame

bp = area("till_refunds", __name__, "/till", is_till=True)


@page(
    bp,
    "/purchases/<uuid:purchase_id>/refund",
    permission=Permission.PURCHASE_REFUND,
    methods=("GET", "POST"),
    keeps_refusals=True,
)
def refund(purchase_id: UUID) -> Any:
    """Ask what is given back, say what that takes away, and do it once a manager agrees."""
    line, currency = till_purchase(purchase_id), g.business["currency"]
    if line is None:
        raise NotFound("purchase of the till")
    purchase = refundable(purchase_id)
    if request.method == "GET":
        return _page(line, purchase, refunds.first_values(purchase, currency), {})
    typed = refunds.read_refund(request.form, purchase, currency)
    if typed.asked is None:
        return _page(line, purchase, typed.values, typed.errors), 422
    preview: dict[str, Any] = {"amount": money(typed.asked.amount, currency)}
    try:
        preview["said"] = refunds.consequences(purchase_id, typed.asked, currency, g.caller.actor)
        if request.form.get("step") != "refund":
            return _page(line, purchase, typed.values, {}, **preview)
        agreed = approval(Permission.PURCHASE_CORRECT)
        if agreed.actor is None:
            return _page(line, purchase, typed.values, agreed.errors or {}, **preview), 422
        refunds.refund(purchase_id, typed.asked, agreed.actor)
    except (Conflict, ValidationErrors) as error:
        return _page(line, refundable(purchase_id), typed.values, refunds.refused(error, typed.asked)), 422
    flash(f"{preview['amount']} given back to {called(line)}.", "ok")
    return redirect(url_for("till_history.index"), SEE_OTHER)


def _page(
    line: dict[str, Any],
    purchase: dict[str, Any],
    values: dict[str, str],
    errors: dict[str, str],
    *,
    said: list[dict[str, str]] | None = None,
    amount: str | None = None,
) -> str:
    context = {"who": called(line), "purchase": refunds.shown(purchase, g.business["currency"])}
    return render_template(
        "till/refund.html",
        **frame(),
        **approval_context(Permission.PURCHASE_CORRECT),
        **context,
        values=values,
        errors=errors,
        said=said,
        amount_words=amount,
        picked={"manager_id": request.form.get("manager_id", "")},
    )
