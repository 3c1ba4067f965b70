"""The three views of redemptions: the board, all of them, and the report."""

from __future__ import annotations

from typing import Any

from flask import url_for

_TABS = (
    ("board", "To do", "redemptions.index"),
    ("all", "All", "redemptions.everything"),
    ("report", "Report", "redemptions_report.show"),
)


def tabs(current: str) -> list[dict[str, Any]]:
    """Return the rows of the tabs, one of them current."""
    return [{"label": label, "href": url_for(page), "is_current": key == current} for key, label, page in _TABS]
