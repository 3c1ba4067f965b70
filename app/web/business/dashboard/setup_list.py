"""What a new business has yet to do, on Home until it is done or put away."""

from __future__ import annotations

from typing import Any

from flask import url_for

from app.queries.setup import FIRST_CUSTOMERS, SetupFacts


def setup_list(facts: SetupFacts) -> dict[str, Any] | None:
    """Return {tasks [{words, is_done, href}], done_words, is_dismissible}; None once it has served its purpose."""
    tasks = _tasks(facts)
    done = sum(task["is_done"] for task in tasks)
    if facts.is_dismissed or done == len(tasks):
        return None
    return {
        "tasks": tasks,
        "done_words": f"{done} of {len(tasks)}",
        "is_dismissible": facts.has_activated,
    }


def _tasks(facts: SetupFacts) -> list[dict[str, Any]]:
    """Return only what has a page to do it on."""
    return [
        _task("Activate your first program", facts.has_activated, url_for("programs.index")),
        _task("Try a purchase on the till", facts.has_sold, url_for("till.find")),
        _task(f"Add {FIRST_CUSTOMERS} customers", facts.has_customers, url_for("members.index")),
    ]


def _task(words: str, is_done: bool, href: str) -> dict[str, Any]:
    return {"words": words, "is_done": is_done, "href": href}
