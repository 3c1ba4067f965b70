"""The tabs of the settings: which pages there are, and who sees which."""

from __future__ import annotations

from typing import Any

from flask import g, url_for

from app.domain.permissions import Permission

_TABS = (
    ("Business", "settings.business", Permission.BUSINESS_EDIT),
    ("Brand", "settings_brand.show", Permission.BUSINESS_EDIT),
    ("Locations", "settings_locations.index", Permission.LOCATION_EDIT),
    ("Team", "settings_team.index", Permission.STAFF_VIEW),
    ("API keys", "settings_keys.index", Permission.API_KEY_EDIT),
    ("Webhooks", "webhooks.index", Permission.WEBHOOK_EDIT),
    ("Audit log", "settings_audit.index", Permission.AUDIT_VIEW),
)
"""Words, endpoint, and who may open it."""


def settings_tabs(current: str) -> list[dict[str, Any]]:
    """Return the tabs for components/tabs.html; ``current`` is the endpoint of the one that is open."""
    return [
        {"label": words, "href": url_for(endpoint), "is_current": endpoint == current}
        for words, endpoint, permission in _TABS
        if g.caller.may(permission)
    ]
