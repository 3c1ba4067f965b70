"""The till that is cut off: its service worker, the page it falls back to, and the door for what has gathered."""

from __future__ import annotations

import hashlib
from pathlib import Path
from typing import Any

from flask import Response, abort, current_app, g, jsonify, make_response, render_template, request, url_for

from app.core import clock, serial
from app.core.unit_of_work import unit_of_work
from app.domain.body import parsed
from app.domain.errors import DomainError, ValidationErrors
from app.domain.permissions import Open, Permission
from app.domain.till_body import ContactBody
from app.queries import member_list
from app.queries.enrollments import enrollments_by_member
from app.queries.members import members_of
from app.queries.till_items import ready_by_member
from app.services import devices
from app.services.till_items import Taken, take_item
from app.web.support import guards
from app.web.support.context import currency_symbol
from app.web.support.doors import area, page
from app.web.till.frame import at_till, script_facts
from app.web.till.people import people as drawn_people
from app.web.till.views import lock_after_sale

bp = area("till_offline", __name__, "/till", is_till=True)

_KEPT_PEOPLE = 50
_SCRIPTS = ("page", "store", "sending", "shell", "ids", "scan", "install", "people", "result")
_STYLES = ("tokens", "base", "forms", "parts", "lists", "menu", "till")
_LAST_DIGITS = 4
_SHELL_TEMPLATES = ("till/shell.html", "components/till.html", "layouts/till.html", "layouts/base.html")


@page(bp, "/worker.js", permission=Open.ANYONE)
def worker() -> Response:
    """Serve the service worker with the list of what it keeps; another list or shell makes another worker."""
    source = (Path(current_app.static_folder or "") / "js" / "till" / "worker.js").read_text(encoding="utf-8")
    facts = {
        "shell": url_for("till_offline.shell"),
        "base": url_for("till.find"),
        "assets": _assets(),
        "version": _shell_version(),
    }
    response = make_response(f"const TILL = {serial.dumps(facts)};\n{source}")
    response.mimetype = "text/javascript"
    response.headers["Cache-Control"] = "no-cache"
    return response


@page(bp, "/offline", permission=Open.ANYONE)
def shell() -> str:
    """Show the page that works without us: it holds nothing about anybody, its script fills it from the device."""
    return _shell()


@page(bp, "/queue", permission=Open.ANYONE)
def queue() -> str:
    """Show what this till has not sent yet: the same page, whose script reads the device."""
    return _shell()


@page(bp, "/people.json", permission=Permission.TILL_USE)
def people() -> Response:
    """Return whom this till may serve while it is cut off: the last customers, without whole numbers or addresses."""
    at, ids = at_till(), member_list.lately_here(_KEPT_PEOPLE)
    if at is None:
        abort(403)
    found = members_of(set(ids))
    known = [found[member_id] for member_id in ids if member_id in found]
    has_rewards = script_facts(at)["rewards"] > 0
    ready = ready_by_member(ids) if has_rewards and ids else {}
    standing = enrollments_by_member(ids) if ids else {}
    kept = [
        {
            **person,
            "last4": (member["phone"] or "")[-_LAST_DIGITS:],
            "code": member["code"],
            "earns": member["status"] not in ("suspended", "expired"),
            "programs": len(standing.get(member["id"], [])),
            "rewards": ready.get(member["id"], []),
        }
        for member, person in zip(known, drawn_people(known), strict=True)
    ]
    return _json({"people": kept, "now": clock.now().isoformat()})


@page(bp, "/contact", permission=Open.ANYONE, methods=("POST",), is_sent_by_script=True)
def contact() -> Any:
    """Take what the till has gathered, each item in a transaction of its own, and tell it our time.

    The device's own secret lets it in, whoever is signed in. Answers 200 with one result an item; what has no id is
    refused whole (422), since a till that cannot be told apart from another would record twice.
    """
    now, till = clock.now(), guards.till_here()
    if till is None:
        return _json({"error": "not_paired"}), 403
    try:
        sent = parsed(ContactBody, _sent())
        offset = sent.offset(now)
        results = [_taken(till.id, item, offset) for item in sent.items]
    except (DomainError, ValueError) as error:
        errors = error.errors if isinstance(error, ValidationErrors) else {}
        return _json({"error": "unreadable", "errors": errors}), 422
    devices.note_contact(till.id, round(offset.total_seconds() * 1000), now)
    if any(result["outcome"] == "recorded" for result in results):
        g.till = guards.signed_in_at(till)
        lock_after_sale()
    return _json({"now": clock.now().isoformat(), "results": results})


def _taken(device_id: Any, item: dict[str, Any], offset: Any) -> dict[str, Any]:
    with unit_of_work(g.business["id"]):
        taken: Taken = take_item(device_id, item, offset)
    result = {"id": str(taken.id), "outcome": taken.outcome, "reason": taken.reason, "url": None}
    if taken.purchase_id is not None:
        result["url"] = url_for("till.result", purchase_id=taken.purchase_id)
    return result


def _sent() -> dict[str, Any]:
    if request.mimetype != "application/json":
        abort(415)
    found = serial.loads(request.get_data())
    if not isinstance(found, dict):
        raise ValueError("The body must be an object")
    return found


def _json(value: Any) -> Response:
    response = jsonify()
    response.set_data(serial.dump_bytes(value))
    return response


def _shell() -> str:
    return render_template(
        "till/shell.html", currency_symbol=currency_symbol(), script=script_facts(None), device=None, staff=None
    )


def _shell_version() -> str:
    """Return what changes when the shell does: its templates, and the business that it names."""
    folder = Path(current_app.root_path) / "templates"
    parts = [(folder / name).read_bytes() for name in _SHELL_TEMPLATES]
    said = serial.dump_bytes([g.business["name"], g.business["brand_colour"], g.business["currency"]])
    return hashlib.sha256(b"".join([*parts, said])).hexdigest()[:16]


def _assets() -> list[str]:
    names = [f"js/till/{name}.js" for name in _SCRIPTS]
    names += [f"css/{name}.css" for name in _STYLES]
    names += ["js/theme.js", "js/page.js", "js/pad.js", "icons.svg", "favicon.svg", "vendor/htmx-2.0.11/htmx.min.js"]
    brand = url_for("brand.css", colour=g.business["brand_colour"].removeprefix("#"))
    return [*(url_for("static", filename=name) for name in names), brand]
