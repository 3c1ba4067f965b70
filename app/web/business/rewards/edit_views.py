"""The form of a reward, beside the card that customers will see and what its points mean."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any
from uuid import UUID

from flask import flash, g, render_template, request, url_for

from app.domain.errors import Conflict, NotFound, ValidationErrors
from app.domain.opening_hours import WEEKDAYS
from app.domain.permissions import Permission
from app.domain.picture_crop import read_crop
from app.domain.reward_registry import REWARD_KINDS
from app.queries import businesses
from app.queries import rewards as found
from app.queries.reward_reach import points_programs
from app.queries.tiers_held import tier_names
from app.services import rewards
from app.web.business.rewards import form, shown
from app.web.support.doors import area, page
from app.web.support.formatting import zone
from app.web.support.htmx import go_to
from app.web.support.week_form import FIELDS

bp = area("rewards_form", __name__, "/rewards")

_MOST_LOCATIONS = 100
_TYPES = ("discount", "free_product", "free_shipping", "exclusive_access", "cash_back")
_CODES = (
    ("generated", "A code of its own for every redemption"),
    ("shared", "One code for everybody, such as for your online shop"),
    ("list", "My own list of codes"),
    ("none", "No code: staff hand it over from the list of redemptions"),
)


@page(bp, "/new", permission=Permission.REWARD_EDIT, methods=("GET", "POST"))
def create() -> Any:
    """Show the form, or add a reward."""
    if request.method == "GET":
        return _form(form.BLANK, {})
    typed = form.typed_of(request.form)
    if request.form.get("step") == "preview":
        return _form(typed, {})
    errors, reward_id = _kept(typed, None)
    if errors:
        return _form(typed, errors), 422
    flash(f"{typed['name']} is in the catalogue{'' if typed['active'] else ', switched off'}.", "ok")
    assert reward_id is not None
    return go_to(url_for("rewards.index"))


@page(bp, "/<uuid:reward_id>/edit", permission=Permission.REWARD_EDIT, methods=("GET", "POST"))
def edit(reward_id: UUID) -> Any:
    """Show a reward in the form, or keep what was changed."""
    stored = found.reward(reward_id)
    if stored["businessId"] is None:
        raise NotFound("reward")
    if request.method == "GET":
        return _form(form.typed_from(stored, zone()), {}, stored)
    typed = form.typed_of(request.form)
    if request.form.get("step") == "preview":
        return _form(typed, {}, stored)
    errors, _ = _kept(typed, stored)
    if errors:
        return _form(typed, errors, stored), 422
    flash(f"{typed['name']} is saved.", "ok")
    return go_to(url_for("rewards.index"))


@page(bp, "/preview", permission=Permission.REWARD_VIEW)
def preview() -> str:
    """Show the customer's card and the meaning of the points for what stands in the form; htmx asks while one types."""
    typed = form.typed_of(request.args)
    stored = _stored(request.args.get("reward_id", ""))
    return render_template("business/rewards/_preview.html", **_previewed(typed, stored))


def _kept(typed: form.Typed, stored: Mapping[str, Any] | None) -> tuple[dict[str, str], UUID | None]:
    """Write the reward and its picture, all or nothing; return the errors by field."""
    body, errors = form.read(typed, zone(), stored)
    try:
        if stored is None:
            reward_id = rewards.add_reward(body, actor=g.caller.actor)
        else:
            reward_id = stored["id"]
            seen = request.form.get("version", type=int)
            if seen is not None and seen != stored["version"]:
                return {"": "Somebody else has changed this reward in the meantime. Look at it again."}, None
            rewards.change_reward(reward_id, body, actor=g.caller.actor)
        _keep_picture(reward_id, typed)
    except ValidationErrors as error:
        return {**form.field_errors(error.errors), **errors}, None
    except Conflict as error:
        return {"picture": error.message}, None
    return errors, reward_id


def _keep_picture(reward_id: UUID, typed: form.Typed) -> None:
    file = request.files.get("picture")
    content = file.read() if file else b""
    if content:
        crop = read_crop(request.form)
        rewards.set_reward_picture(reward_id, content, typed["image_alt"], actor=g.caller.actor, crop=crop)
    elif "remove_picture" in request.form:
        rewards.remove_reward_picture(reward_id, actor=g.caller.actor)


def _stored(reward_id: str) -> dict[str, Any] | None:
    try:
        return found.reward(UUID(reward_id)) if reward_id else None
    except (ValueError, NotFound):
        return None


def _form(typed: form.Typed, errors: dict[str, str], stored: Mapping[str, Any] | None = None) -> str:
    places = businesses.locations_page(1, _MOST_LOCATIONS).rows
    tiers = tier_names()
    if typed["tier_exclusive"] and typed["tier_exclusive"] not in tiers:
        tiers.append(typed["tier_exclusive"])
    return render_template(
        "business/rewards/form.html",
        reward=stored,
        typed=typed,
        errors=errors,
        types=[(key, REWARD_KINDS[key].TITLE) for key in _TYPES],
        codes=_CODES,
        weekdays=list(WEEKDAYS.items()),
        hour_fields=FIELDS,
        methods=list(shown.METHODS.items()),
        programs=[("", "Any points program"), *((each.id, each.name) for each in points_programs())],
        tiers=[("", "Everybody"), *((name, f"{name} and above") for name in tiers)] if tiers else [],
        locations=[(str(place["id"]), place["name"]) for place in places],
        **_previewed(typed, stored),
    )


def _previewed(typed: form.Typed, stored: Mapping[str, Any] | None) -> dict[str, Any]:
    return {"card": shown.typed_card(typed, stored), "cost_words": shown.cost_words(typed, points_programs())}
