"""Which help article belongs to which page, so that the question mark of every page opens the right one."""

from __future__ import annotations

GENERAL = "faq"

_BY_PAGE = {
    "programs.end": "pause-resume-end",
    "programs.pause": "pause-resume-end",
    "programs.resume": "pause-resume-end",
    "templates.which": "rule-types",
    "wizard.choose": "rule-types",
    "wizard.details": "schedule",
    "wizard.save_details": "schedule",
    "onboarding.ready": "create-a-program",
}
_BY_AREA = {
    "dashboard": "figures",
    "analytics": "figures",
    "onboarding": "create-a-program",
    "templates": "create-a-program",
    "wizard": "create-a-program",
    "programs": "pause-resume-end",
    "versions": "versions",
    "members": "members",
    "member_imports": "members",
    "attention": "something-is-wrong",
    "till": "till",
    "devices": "till",
    "rewards": "rewards",
    "tiers": "rule-types",
    "redemptions": "rewards",
    "settings": "settings",
    "webhooks": "settings",
    "print": "members",
    "history": "versions",
    "operations": "members",
    "help": GENERAL,
}


def article_of(endpoint: str | None) -> str:
    """Return the key of the article for an endpoint such as "programs.show"; the questions asked most for others."""
    area, _, _ = (endpoint or "").partition(".")
    return _BY_PAGE.get(endpoint or "", _BY_AREA.get(area, _BY_AREA.get(area.partition("_")[0], GENERAL)))
