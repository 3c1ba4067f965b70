"""Practising at the till with a customer who does not exist: every button works, and nothing is recorded."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from flask import g, redirect, request, url_for
from werkzeug.wrappers import Response

from app.core import clock
from app.domain.errors import ValidationErrors
from app.domain.permissions import Permission
from app.domain.practice import Step
from app.domain.preview_start import PREVIEW_ID
from app.domain.till import ASK_AGAIN_WITHIN
from app.web.support.doors import area, page
from app.web.support.htmx import SEE_OTHER
from app.web.till import forms, practice_pages
from app.web.till.forms import as_uuid
from app.web.till.practice_steps import add_step, drop_last_step, forget_practice, practised_steps

bp = area("till_practice", __name__, "/till", is_till=True)

_BOUGHT = ("sale", "punch")


@page(bp, "/practice", permission=Permission.TILL_USE)
def show() -> str:
    """Show the practice customer as any other: how far they are, and the three things to do."""
    return practice_pages.member_page()


@page(bp, "/practice", permission=Permission.TILL_USE, methods=("POST",))
def record() -> Any:
    """Play a purchase or a punch; refused and asked about like a real one."""
    typed, now = forms.read_typed(request.form), clock.now()
    if typed.is_punch and not typed.is_meant and (asked := _seconds_since_punch(now)) is not None:
        return practice_pages.member_page(asked=asked, count=typed.values["count"]), 422
    key = request.form.get("purchase_key", "")
    try:
        order = forms.read_order(typed, key, PREVIEW_ID, g.business["currency"], now)
    except ValidationErrors as error:
        return practice_pages.purchase_page(typed.values, forms.shown_errors(error.errors)), 422
    kind: Any = order.kind
    category = typed.values["category"][:100]
    add_step(Step(kind, now, count=order.count, amount_minor=order.amount_minor, category=category), key)
    return redirect(url_for("till_practice.result"), SEE_OTHER)


@page(bp, "/practice/purchase", permission=Permission.TILL_USE)
def purchase() -> str:
    """Show the form for what the practice customer buys."""
    return practice_pages.purchase_page({}, {})


@page(bp, "/practice/result", permission=Permission.TILL_USE)
def result() -> Any:
    """Show what the last purchase brought, with its undo."""
    last = _last(_BOUGHT)
    return practice_pages.result_page(last) if last else _back()


@page(bp, "/practice/undo", permission=Permission.TILL_USE, methods=("POST",))
def undo() -> Response:
    """Take the last purchase back."""
    last = _last(_BOUGHT)
    if last is None:
        return _back()
    drop_last_step()
    return redirect(url_for("till_practice.undone", kind=last.kind), SEE_OTHER)


@page(bp, "/practice/undone", permission=Permission.TILL_USE)
def undone() -> str:
    """Say that it is taken back."""
    return practice_pages.undone_page(request.args.get("kind", "punch"))


@page(bp, "/practice/redeem", permission=Permission.TILL_USE, methods=("GET", "POST"))
def rewards() -> Any:
    """List what the practice customer can have, or hand one over."""
    if request.method == "GET":
        return practice_pages.redeem_page({})
    step = _handed_over()
    if step is None:
        return practice_pages.redeem_page({"": "This reward is not theirs any more. Look at what is ready"}), 422
    add_step(step, request.form.get("key", ""))
    return redirect(url_for("till_practice.given"), SEE_OTHER)


@page(bp, "/practice/given", permission=Permission.TILL_USE)
def given() -> Any:
    """Say what was handed over."""
    last = _last(("give", "buy"))
    return practice_pages.given_page(last) if last else _back()


@page(bp, "/practice/leave", permission=Permission.TILL_USE, methods=("POST",))
def leave() -> Response:
    """Stop practising; the next time it begins afresh."""
    forget_practice()
    return redirect(url_for("till.find"), SEE_OTHER)


def _last(kinds: tuple[str, ...]) -> Step | None:
    steps = practised_steps()
    return steps[-1] if steps and steps[-1].kind in kinds else None


def _back() -> Response:
    """Return to the customer, where there is nothing to tell."""
    return redirect(url_for("till_practice.show"), SEE_OTHER)


def _handed_over() -> Step | None:
    """Return the step of the button that was tapped, if the customer can have it."""
    desk = practice_pages.desk_here()
    program_id, reward_id = (as_uuid(request.form.get(name, "")) for name in ("voucher_id", "reward_id"))
    if any(one["id"] == program_id for one in desk.ready):
        return Step("give", clock.now(), what=program_id)
    found = next((one for one in desk.shelf if one["id"] == reward_id), None)
    if found is None or found["balance"] < found["pointsCost"]:
        return None
    return Step("buy", clock.now(), what=reward_id, payer=found["programId"], cost=found["pointsCost"])


def _seconds_since_punch(now: datetime) -> int | None:
    last = _last(("punch",))
    if last is None or now - last.at >= ASK_AGAIN_WITHIN:
        return None
    return max(0, int((now - last.at).total_seconds()))
