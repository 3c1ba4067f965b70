"""What each permission lets an API key do, in words."""

from __future__ import annotations

from itertools import groupby
from typing import Any

from app.domain.permissions import Permission, Role, granted

_VERBS = {"view": "See", "edit": "Add and change", "use": "Use"}
_THINGS = {
    "business": "the business",
    "staff": "the team",
    "api_key": "API keys",
    "audit": "the audit log",
    "dashboard": "the figures",
    "points": "points",
    "till": "the till",
}


def permission_words(name: str) -> str:
    """Return "See members" for "member:view"; a permission of tomorrow reads well enough."""
    thing, _, verb = name.partition(":")
    plain = thing.replace("_", " ")
    return f"{_VERBS.get(verb, verb.capitalize())} {_THINGS.get(thing, f'{plain}s')}"


def permission_groups() -> list[dict[str, Any]]:
    """Return {title, permissions [{name, words, roles}]} of what a manager's key may do, thing by thing."""
    names = sorted(permission.value for permission in granted(Role.MANAGER))
    staff = {permission.value for permission in granted(Role.STAFF)}
    return [
        {
            "title": _THINGS.get(thing, f"{thing.replace('_', ' ')}s").removeprefix("the ").capitalize(),
            "permissions": [
                {"name": name, "words": permission_words(name), "is_managers_alone": name not in staff}
                for name in found
            ],
        }
        for thing, found in groupby(names, key=lambda name: name.partition(":")[0])
    ]


def known_permissions(names: list[str]) -> list[str]:
    """Return those names that are permissions: others cannot have been ticked."""
    return [name for name in names if name in set(Permission)]
