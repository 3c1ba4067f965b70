"""The pages of the practice customer: the till's own templates, with addresses that record nothing."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from flask import g, render_template, url_for

from app.core.ids import new_id
from app.domain.practice import NAME, Step
from app.queries.till_practice import PracticeDesk, practice_desk
from app.web.support.context import initials, shop_icon
from app.web.support.htmx import render
from app.web.support.rewards import ready_rewards
from app.web.support.standings import balance_of, standings, tier_of
from app.web.support.words import counted
from app.web.till import counter, outcome
from app.web.till.forms import as_uuid
from app.web.till.frame import frame
from app.web.till.practice_steps import began_at, practised_steps
from app.web.till.redeem import ahead, offer

WHO = {"name": NAME, "code": "PRACTICE"}


def desk_here() -> PracticeDesk:
    """Return where everything practised in this browser leads, at the first place that is open."""
    location_id = next((as_uuid(found) for found, _ in frame()["locations"]), None)
    currency = g.business["currency"]
    return practice_desk(practised_steps(), location_id=location_id, currency=currency, began_at=began_at())


def member_page(*, asked: int | None = None, count: str = "") -> str:
    """Show the customer with the three buttons; ``asked`` is how many seconds ago the last punch was."""
    shared, desk = _frame(), desk_here()
    links = {
        "record": url_for("till_practice.record"),
        "purchase": url_for("till_practice.purchase"),
        "redeem": url_for("till_practice.rewards"),
        "adjust": None,
        "back": url_for("till.find"),
    }
    ask = {"words": f"Already punched {counter.ago(asked)}. Punch again?"} if asked is not None else None
    can_have = len(desk.ready) + sum(_can_pay(one) for one in desk.shelf)
    context = {**_customer(desk), **counter.actions(shared["locations"], can_have)}
    return render_template("till/member.html", **shared, **context, links=links, ask=ask, count=count or "1", values={})


def purchase_page(values: Mapping[str, str], errors: dict[str, str]) -> str:
    """Show the form for what they buy."""
    shared = _frame()
    context = {**counter.purchase_context(None, shared["locations"]), **_customer(desk_here())}
    context |= {"links": {"record": url_for("till_practice.record")}}
    return render_template("till/purchase.html", **shared, **context, values=values, errors=errors)


def redeem_page(errors: dict[str, str]) -> str:
    """List what they can have and what is still missing."""
    desk = desk_here()
    customer = _customer(desk)
    address = url_for("till_practice.rewards")
    return render_template(
        "till/redeem.html",
        **_frame(),
        **customer,
        links={"give": address, "done": address, "buy": address, "back": url_for("till_practice.show")},
        ready=ready_rewards([_voucher(one) for one in desk.ready], {}),
        shelf=[
            offer({**one, "balanceAfter": one["balance"] - one["pointsCost"]}) for one in desk.shelf if _can_pay(one)
        ],
        shelf_key=str(new_id()),
        missing=[*ahead(customer["standings"]), *(_to_go(one) for one in desk.shelf if not _can_pay(one))],
        values={},
        errors=errors,
        is_scanned=False,
    )


def result_page(last: Step) -> str:
    """Show what the last purchase brought, with its undo."""
    desk = desk_here()
    given = next((found["programId"] for found in desk.outcomes if found["vouchers"]), None)
    vouchers = [one for one in desk.ready if one["id"] == given][:1]
    bought = {"kind": last.kind, "outcomes": desk.outcomes, "vouchers": vouchers}
    shown = outcome.counted_result(bought, WHO, desk.enrollments)
    shown["result"] |= {"undo": outcome.undo_left(last.at)}
    return _result(shown)


def undone_page(kind: str) -> str:
    """Say that a purchase is taken back."""
    return _result({"result": outcome.taken_back({**WHO, "kind": kind}), "card": None})


def given_page(step: Step) -> str:
    """Say what was handed over."""
    desk = desk_here()
    links = {"next": url_for("till_practice.show"), "back": None}
    words = _given_words(desk, step)
    return render_template("till/given.html", **_frame(), **_customer(desk), links=links, words=words)


def _frame() -> dict[str, Any]:
    return {**frame(), "practice": {"leave": url_for("till_practice.leave")}}


def _customer(desk: PracticeDesk) -> dict[str, Any]:
    balance = balance_of(desk.enrollments)
    points = f", {balance['value']} {balance['unit']}" if balance else ""
    return {
        "member": {
            "id": None,
            "name": NAME,
            "initials": initials(NAME),
            "tier": tier_of(desk.enrollments),
            "last_visit_words": f"Practice customer{points}",
        },
        "standings": standings(desk.enrollments, currency=g.business["currency"], icon=shop_icon()),
        "notes": [],
    }


def _result(shown: dict[str, Any]) -> str:
    links = {"undo": url_for("till_practice.undo"), "next": url_for("till_practice.show"), "move": None}
    return render("till/result.html", "till/_result.html", **_frame(), **shown, links=links)


def _voucher(one: Mapping[str, Any]) -> dict[str, Any]:
    return {**one, "programId": one["id"], "status": "available", "expiresAt": None}


def _can_pay(one: Mapping[str, Any]) -> bool:
    return bool(one["balance"] >= one["pointsCost"])


def _to_go(one: Mapping[str, Any]) -> dict[str, str]:
    return {"words": one["name"], "note": f"{counted(one['pointsCost'] - one['balance'], 'point')} to go"}


def _given_words(desk: PracticeDesk, step: Step) -> str:
    if step.kind == "buy":
        name = next((one["name"] for one in desk.shelf if one["id"] == step.what), "Reward")
        return f"{name} for {counted(step.cost, 'point')}"
    found = next((one["nextReward"] for one in desk.enrollments if one["programId"] == step.what), None)
    return str(found["description"]) if found else "Reward"
