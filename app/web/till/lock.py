"""The locked till: pairing a device by its code, choosing a name and typing a PIN, and locking again."""

from __future__ import annotations

from typing import Any
from urllib.parse import urlsplit

from flask import abort, redirect, render_template, request, session, url_for
from werkzeug.wrappers import Response

from app.domain.permissions import Open
from app.queries.tills import Till, people_with_pins
from app.services import devices, sessions
from app.services.pins import try_pin
from app.services.sessions import Visit
from app.web.support import guards
from app.web.support.context import initials
from app.web.support.doors import area, page
from app.web.support.htmx import SEE_OTHER
from app.web.support.tries import count_try
from app.web.till.approval import refusal
from app.web.till.forms import as_uuid
from app.web.till.frame import script_facts

bp = area("till_lock", __name__, "/till", is_till=True)

_WRONG_CODE = "This code is not right, or its 10 minutes are over. Ask the owner for a new one"


@page(bp, "/pair", permission=Open.ANYONE, methods=("GET", "POST"))
def pair() -> Any:
    """Ask for the code that the owner's page shows, and make this browser a till by it."""
    values = {"code": (request.values.get("code") or "").strip()[:20]}
    if request.method == "GET":
        return render_template("till/pair.html", values=values, errors={})
    count_try("till")
    secret = devices.pair_device(values["code"])
    if secret is None:
        return render_template("till/pair.html", values=values, errors={"code": _WRONG_CODE}), 422
    response = redirect(url_for("till_lock.locked"), SEE_OTHER)
    guards.set_till_cookie(response, "device", secret)  # type: ignore[arg-type]
    return response


@page(bp, "/lock", permission=Open.ANYONE)
def locked() -> Any:
    """Show who may sign in here; `who` is the one chosen, whose PIN is asked for."""
    if guards.till_here() is None:
        return redirect(url_for("till_lock.pair"), SEE_OTHER)
    return _lock_screen(request.args.get("who", ""), _own(request.args.get("next")), {})


@page(bp, "/unlock", permission=Open.ANYONE, methods=("POST",), keeps_refusals=True)
def unlock() -> Any:
    """Try a PIN; the try counts whatever it answers."""
    till, staff_id = guards.till_here(), as_uuid(request.form.get("staff_id", ""))
    if till is None or staff_id is None:
        abort(403)
    count_try("till", str(till.id))  # of the device: the tills of a shop share an address
    wanted = _own(request.form.get("next"))
    answer = try_pin(till.id, staff_id, request.form.get("pin", ""))
    if answer.user_id is None:
        return _lock_screen(str(staff_id), wanted, {"pin": refusal(answer)}), 429 if answer.locked_until else 422
    visit = Visit(request.remote_addr or "", request.headers.get("User-Agent", ""))
    secret = sessions.open_till_session(answer.user_id, till.business_id, till.id, till.location_id, visit)
    session.pop("till_location", None)
    response = redirect(wanted or url_for("till.find"), SEE_OTHER)
    guards.set_till_cookie(response, "sid", secret)  # type: ignore[arg-type]
    return response


@page(bp, "/lock", permission=Open.ANYONE, methods=("POST",))
def lock() -> Response:
    """End the sign-in at this till."""
    till = guards.till_here()
    if till is None:
        abort(403)
    sessions.end_till_sessions(till.id, "locked")
    response = redirect(url_for("till_lock.locked"), SEE_OTHER)
    guards.drop_till_cookie(response, "sid")  # type: ignore[arg-type]
    return response


def _lock_screen(who: str, wanted: str | None, errors: dict[str, str]) -> str:
    till, people = guards.till_here(), [_face(person) for person in people_with_pins()]
    chosen = next((person for person in people if str(person["id"]) == who), None)
    return render_template(
        "till/locked.html",
        device=_device(till) if till else None,
        people=people,
        chosen=chosen or (people[0] if len(people) == 1 else None),
        next_url=wanted,
        errors=errors,
        script=script_facts(None),
    )


def _device(till: Till) -> dict[str, str]:
    return {"name": till.name}


def _face(person: dict[str, Any]) -> dict[str, Any]:
    return {**person, "initials": initials(person["name"])}


def _own(url: str | None) -> str | None:
    """Return an address of this till to go on to; anything else is dropped."""
    base = url_for("till.find")
    is_own = bool(url) and urlsplit(url or "").path.startswith(base) and (url or "").startswith(base)
    return url if is_own and (url or "").isprintable() and ".." not in (url or "") and "\\" not in (url or "") else None
