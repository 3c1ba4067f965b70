"""How endpoints, events and deliveries of webhooks are worded on the pages of the owner."""

from __future__ import annotations

import json
from collections.abc import Mapping
from datetime import timedelta
from itertools import groupby
from typing import Any
from urllib.parse import urlsplit
from uuid import UUID

from app.core import clock
from app.domain.events import EventType
from app.queries import webhooks as found

WEEK = timedelta(days=7)
SOON = timedelta(seconds=90)
"""A delivery that is due, or claimed by who sends it, for no longer than this is worth waiting for on its page."""
STATES = (
    ("", "All", "scheduled"),
    ("waiting", "Waiting", "scheduled"),
    ("dead", "Not delivered", "late"),
    ("delivered", "Delivered", "active"),
)
"""Each state of a delivery: its name ("" for all), the word for it, and the kind of its chip."""

_CHIPS = {state: {"words": words, "kind": kind} for state, words, kind in STATES}


def event_groups() -> list[dict[str, Any]]:
    """Return {title, events [{name, words}]} of every event there is, thing by thing."""
    names = [event.value for event in EventType]
    return [
        {
            "title": f"{thing.capitalize()}{'' if thing.endswith('s') else 's'}",
            "events": [{"name": name, "words": _last(name).replace("_", " ").capitalize()} for name in group],
        }
        for thing, group in groupby(names, key=lambda name: name.split(".")[1])
    ]


def endpoints_shown(rows: list[dict[str, Any]]) -> list[dict[str, Any]]:
    """Return endpoints with their words and the figures of their last seven days; one more statement."""
    weeks = found.week_of([row["id"] for row in rows], clock.now() - WEEK) if rows else {}
    return [_endpoint(row, weeks) for row in rows]


def delivery_shown(row: Mapping[str, Any]) -> dict[str, Any]:
    """Return a delivery with its chip and one line about how its tries went."""
    tries = (
        "not tried yet" if not row["attempts"] else f"{row['attempts']} {'try' if row['attempts'] == 1 else 'tries'}"
    )
    said = f"answer {row['lastStatus']}" if row["lastStatus"] else row["lastError"]
    return dict(row) | {"chip": _CHIPS[row["state"]], "tries_words": f"{tries}, {said}" if said else tries}


def whole_delivery(row: Mapping[str, Any]) -> dict[str, Any]:
    """Return a delivery with its tries and what was sent, as indented JSON."""
    event = row["event"]
    sent = {
        **event,
        "eventId": str(event["eventId"]),
        "timestamp": event["timestamp"].isoformat().replace("+00:00", "Z"),
    }
    tries = [one | {"said": str(one["status"]) if one["status"] else one["error"]} for one in row["tries"]]
    soon = clock.now() + SOON
    is_under_way = row["state"] == "waiting" and (row["nextTryAt"] is None or row["nextTryAt"] <= soon)
    return delivery_shown(row) | {
        "is_under_way": is_under_way,
        "tries": tries,
        "sent": json.dumps(sent, indent=2, ensure_ascii=False),
    }


def _endpoint(row: Mapping[str, Any], weeks: Mapping[UUID, tuple[int, int]]) -> dict[str, Any]:
    delivered, total = weeks.get(row["id"], (0, 0))
    chosen = len(row["eventTypes"])
    is_on = row["state"] == "enabled"
    return dict(row) | {
        "name": row["description"] or urlsplit(row["url"]).hostname or row["url"],
        "is_on": is_on,
        "chip": {"words": "On", "kind": "active"} if is_on else {"words": "Off", "kind": "late"},
        "why_off": "" if is_on else row["disabledReason"] or "Switched off by your team",
        "events_words": "Every event" if not chosen else f"{chosen} kind{'' if chosen == 1 else 's'} of event",
        "week": {"delivered": delivered, "total": total, "words": _week(delivered, total)},
    }


def _week(delivered: int, total: int) -> str:
    return f"{delivered:,} of {total:,} delivered in the last 7 days" if total else "Nothing sent in the last 7 days"


def _last(name: str) -> str:
    return name.rpartition(".")[2]
