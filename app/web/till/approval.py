"""A manager's word for what staff may not do alone: a PIN typed at the till, asked for anew each time."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from flask import g, request

from app.core import clock
from app.domain.actor import Actor
from app.domain.permissions import Permission, Role
from app.queries.tills import people_with_pins
from app.services.pins import PinAnswer, try_pin
from app.web.support import guards
from app.web.support.tries import count_try
from app.web.support.words import counted
from app.web.till.forms import as_uuid

_MINUTE = 60
_BOSSES = (Role.OWNER, Role.MANAGER)


@dataclass(frozen=True, slots=True)
class Approval:
    """Who has agreed, or what is wrong with the PIN."""

    actor: Actor | None = None
    errors: dict[str, str] | None = None


def needs_manager(permission: Permission) -> bool:
    """Say whether whoever is at the till has to ask a manager for this."""
    return not g.caller.may(permission)


def managers() -> list[tuple[str, str]]:
    """Return (id, name) of those who can agree at this till; nobody at a browser that is no paired till."""
    if guards.till_here() is None:
        return []
    return [(str(person["id"]), person["name"]) for person in people_with_pins(managers_only=True)]


def approval(permission: Permission) -> Approval:
    """Return who answers for it: the caller, or the manager whose PIN was sent. A wrong PIN counts as a try."""
    if not needs_manager(permission):
        return Approval(g.caller.actor)
    till, manager_id = guards.till_here(), as_uuid(request.form.get("manager_id", ""))
    if till is None:
        return Approval(errors={"": "Ask a manager to do this in the dashboard"})
    if manager_id is None:
        return Approval(errors={"manager_id": "Choose a manager"})
    count_try("till", str(till.id))
    answer = try_pin(till.id, manager_id, request.form.get("pin", ""))
    if answer.user_id is None or answer.role not in _BOSSES:
        return Approval(errors={"pin": refusal(answer)})
    return Approval(Actor("user", answer.user_id, answer.name))


def approval_context(permission: Permission) -> dict[str, Any]:
    """Return what the fields of a manager's PIN need (components/till.html)."""
    return {"needs_manager": needs_manager(permission), "managers": managers()}


def refusal(answer: PinAnswer) -> str:
    """Say what is wrong with a PIN, and how long it lasts."""
    if answer.user_id is not None:
        return "Ask an owner or a manager to type their PIN"
    if answer.locked_until is None:
        return f"That PIN is not right. {counted(answer.tries_left, 'try', 'tries')} left."
    seconds = (answer.locked_until - clock.now()).total_seconds()
    minutes = max(1, -int(-seconds // _MINUTE))
    return f"Too many wrong PINs. Try again in {counted(minutes, 'minute')}. The owner has been told."
