"""What a new business has yet to do: on Home until it is done or put away, and always in Help."""

from __future__ import annotations

from typing import Any

from flask import url_for

from app.queries.setup import FIRST_CUSTOMERS, SetupFacts

_ENOUGH = 4


def setup_list(facts: SetupFacts, *, even_if_dismissed: bool = False) -> dict[str, Any] | None:
    """Return {tasks [{words, is_done, href}], done_words, is_dismissible}; None once it has served its purpose."""
    tasks = _tasks(facts)
    done = sum(task["is_done"] for task in tasks)
    if done == len(tasks) or (facts.is_dismissed and not even_if_dismissed):
        return None
    return {
        "tasks": tasks,
        "done_words": f"{done} of {len(tasks)}",
        "is_dismissible": done >= _ENOUGH and not facts.is_dismissed,
    }


def _tasks(facts: SetupFacts) -> list[dict[str, Any]]:
    tasks = [
        ("Activate your first program", facts.has_activated, "programs.index"),
        ("Print your join poster", facts.has_poster, "print.index"),
        ("Try a purchase on the till", facts.has_tried_till, "till.find"),
        ("Add your logo and colour", facts.has_brand, "settings_brand.show"),
        ("Invite staff", facts.has_staff, "settings_team.index"),
        (f"Add {FIRST_CUSTOMERS} customers", facts.has_customers, "members.index"),
    ]
    return [{"words": words, "is_done": is_done, "href": url_for(endpoint)} for words, is_done, endpoint in tasks]
