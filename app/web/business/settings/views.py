"""Settings of the business itself: its name, its time and money, the program of its activities, its own terms."""

from __future__ import annotations

from typing import Any

from flask import flash, g, render_template, request, url_for

from app.domain.errors import Conflict, PreconditionFailed, ValidationErrors
from app.domain.permissions import Permission
from app.queries import businesses
from app.queries.business_settings import ACTIVITY_PROGRAM, has_purchases, points_programs
from app.services.businesses import update_business
from app.web.business.settings.business_form import TERMS, changes_of, typed_business
from app.web.business.settings.forms import MOVED, first_messages, version_of
from app.web.support import choices
from app.web.support.doors import area, page
from app.web.support.htmx import go_to
from app.web.support.settings_tabs import settings_tabs

bp = area("settings", __name__, "/settings")


@page(bp, "", permission=Permission.BUSINESS_EDIT)
def business() -> str:
    """Show what the business says of itself."""
    return _form(_saved(), {})


@page(bp, "", permission=Permission.BUSINESS_EDIT, methods=("POST",))
def save_business() -> Any:
    """Save it, or show what needs another value with everything that was typed."""
    typed = typed_business(request.form)
    try:
        update_business(changes_of(typed), g.caller.actor, version_of(request.form))
    except ValidationErrors as error:
        messages = first_messages(error.errors)
        messages = {name.removeprefix("settings."): message for name, message in messages.items()}
        return _form(typed, messages), 422
    except Conflict as error:
        return _form(typed, {"currency": error.message}), 422
    except PreconditionFailed:
        return _form(typed, {"": MOVED}), 422
    flash("Saved. Changes apply from now on.", "ok")
    return go_to(url_for("settings.business"))


def _saved() -> dict[str, str]:
    found = businesses.business(g.business["id"])
    return {
        "name": found["name"],
        "industry": found["industry"] or "other",
        "timezone": found["timezone"],
        "currency": found["currency"],
        ACTIVITY_PROGRAM: found["settings"].get(ACTIVITY_PROGRAM) or "",
        TERMS: found["settings"].get(TERMS) or "",
    }


def _form(values: dict[str, str], errors: dict[str, str]) -> str:
    found = businesses.business(g.business["id"])
    programs = [("", "The oldest live points program"), *((str(key), name) for key, name in points_programs())]
    return render_template(
        "business/settings/business.html",
        tabs=settings_tabs("settings.business"),
        values=values,
        errors=errors,
        version=found["version"],
        slug=found["slug"],
        join_url=url_for("dashboard.home", _external=True).replace("/b/", "/m/"),
        is_currency_fixed=has_purchases(),
        currency_words=dict(choices.currencies()).get(found["currency"], found["currency"]),
        timezones=choices.timezones(),
        currencies=choices.currencies(),
        industries=[(row["key"], row["words"]) for row in choices.industries()],
        programs=programs,
    )
