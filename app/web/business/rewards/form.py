"""The form of a reward: what is typed becomes the body of the API, and what is stored becomes what is typed."""

from __future__ import annotations

import re
from collections.abc import Mapping
from datetime import date, datetime
from typing import Any
from zoneinfo import ZoneInfo

from werkzeug.datastructures import MultiDict

from app.domain.expiry import last_day
from app.domain.localtime import end_of_day, local_day, start_of_day
from app.domain.reward_body import YEARS
from app.web.support.week_form import FIELDS, read_week, typed_week

Typed = dict[str, Any]

_LONGEST_NUMBER = 15

CROP = {"crop_x": "50", "crop_y": "50", "crop_zoom": "100"}
"""Where the frame of a picture lies, as the sliders begin; see domain.picture_crop."""

TEXTS = (
    "name",
    "description",
    "reward_type",
    "percent",
    "amount",
    "scope",
    "products",
    "categories",
    "points_cost",
    "program_id",
    "quantity_available",
    "per_member_limit",
    "tier_exclusive",
    "starts_on",
    "ends_on",
    "voucher_expires_after_days",
    "code_kind",
    "shared_code",
    "codes",
    "terms",
    "image_alt",
    *FIELDS,
    *CROP,
)
BLANK: Typed = {
    **dict.fromkeys(TEXTS, ""),
    **CROP,
    "reward_type": "free_product",
    "scope": "any",
    "code_kind": "generated",
    "active": True,
    "hide_when_out": False,
    "location_ids": [],
    "delivery_methods": ["in_store"],
}
_FIELD_OF = {
    "startsAt": "starts_on",
    "endsAt": "ends_on",
    "value.percent": "percent",
    "value.amount": "amount",
    "value.products": "products",
    "value.categories": "categories",
    "value": "reward_type",
    "picture": "picture",
}
_DATE = "Enter a date such as 2026-12-25"


def typed_of(form: MultiDict[str, str]) -> Typed:
    """Return everything that was typed, to be shown again."""
    texts = {name: form.get(name, "").strip() for name in TEXTS}
    ticks = {name: name in form for name in ("active", "hide_when_out")}
    return {**BLANK, **texts, **ticks, **{name: form.getlist(name) for name in ("location_ids", "delivery_methods")}}


def typed_from(reward: Mapping[str, Any], zone: ZoneInfo) -> Typed:
    """Return a stored reward as the form shows it."""
    value = reward["value"] or {}
    starts_at, ends_at = reward["startsAt"], reward["endsAt"]
    shown = {name: reward[_camel(name)] for name in TEXTS if _camel(name) in reward}
    return {
        **BLANK,
        **{name: "" if each is None else str(each) for name, each in shown.items()},
        "percent": str(value.get("percent", "")),
        "amount": value.get("amount", ""),
        "scope": "some" if {"products", "categories"} & set(value) else "any",
        "products": ", ".join(value.get("products", ())),
        "categories": ", ".join(value.get("categories", ())),
        "starts_on": local_day(starts_at, zone).isoformat() if starts_at else "",
        "ends_on": last_day(ends_at, zone).isoformat() if ends_at else "",
        "active": reward["active"],
        "hide_when_out": reward["hideWhenOut"],
        "location_ids": [str(each) for each in reward["locationIds"]],
        "delivery_methods": list(reward["deliveryMethods"]),
        **typed_week(reward["validHours"]),
    }


def read(
    typed: Typed, zone: ZoneInfo, stored: Mapping[str, Any] | None = None
) -> tuple[dict[str, Any], dict[str, str]]:
    """Return the body for `add_reward` and the errors that only a form can have.

    A day that was left as it is keeps its stored instant.
    """
    body: dict[str, Any] = {
        "name": typed["name"],
        "description": typed["description"],
        "rewardType": typed["reward_type"],
        "value": _value(typed),
        "codeKind": typed["code_kind"],
        "terms": typed["terms"],
        "active": typed["active"],
        "locationIds": typed["location_ids"],
        "hideWhenOut": typed["hide_when_out"],
        "deliveryMethods": typed["delivery_methods"],
        "sharedCode": typed["shared_code"] if typed["code_kind"] == "shared" else None,
    }
    for name in ("quantity_available", "per_member_limit", "voucher_expires_after_days"):
        body[_camel(name)] = _whole(typed[name])
    body["programId"] = typed["program_id"] or None
    body["tierExclusive"] = typed["tier_exclusive"] or None
    if typed["points_cost"]:
        body["pointsCost"] = _whole(typed["points_cost"])
    codes = [line.strip() for line in typed["codes"].splitlines() if line.strip()]
    if codes and typed["code_kind"] == "list":
        body["codes"] = codes
    body["validHours"], wrong = read_week(typed)
    return body, {**_put_days(body, typed, zone, stored), **wrong}


def _whole(text: str) -> int | str | None:
    """The number that was typed, 1,200 as well; what is none goes on as it is and is refused with a reason."""
    plain = text.replace(",", "")
    return int(plain) if plain.isdecimal() and len(plain) <= _LONGEST_NUMBER else plain or None


def typed_day(text: str) -> date:
    """Return a day such as 2026-12-25; raises ValueError for anything else, and for a year that is a slip."""
    day = date.fromisoformat(text)
    if day.year not in YEARS:
        raise ValueError(text)
    return day


def field_errors(errors: Mapping[str, list[str]]) -> dict[str, str]:
    """Return one message a field of the form, by the API's paths; what belongs to none is about all of it."""
    found: dict[str, str] = {}
    for path, messages in errors.items():
        first = path.split(".")[0]
        name = (
            _FIELD_OF.get(path) or _hours_field(path) or _FIELD_OF.get(".".join(path.split(".")[:2])) or _snake(first)
        )
        known = name in TEXTS or name in ("picture", "location_ids", "delivery_methods")
        found.setdefault(name if known else "", _plain(messages[0]))
    return found


def _hours_field(path: str) -> str | None:
    first, _, rest = path.partition(".")
    return f"hours_{rest[:3]}" if first == "validHours" else None


def _plain(message: str) -> str:
    """Write the API's sentence as the form asks."""
    said = {
        "Name is missing": "Enter a name, such as A free coffee",
        "Points cost is missing": "Enter how many points it costs",
        "Points cost must be at least 1": "Enter how many points it costs: 1 or more",
        "Amount is missing": "Enter the amount that comes back",
        "Delivery methods must have at least 1 entries": "Choose at least one way to get it",
    }
    return said.get(message, message)


def _value(typed: Typed) -> dict[str, Any] | None:
    """Return the worth, as far as the type has one."""
    reward_type, value = typed["reward_type"], {}
    if reward_type == "discount":
        value = {name: typed[name] for name in ("percent", "amount") if typed[name]}
    elif reward_type == "cash_back" and typed["amount"]:
        value = {"amount": typed["amount"]}
    if reward_type in ("discount", "free_product") and typed["scope"] == "some":
        value |= {name: _names(typed[name]) for name in ("products", "categories")}
    return value or None


def _names(text: str) -> list[str]:
    return [name.strip() for name in text.split(",") if name.strip()]


def _put_days(body: dict[str, Any], typed: Typed, zone: ZoneInfo, stored: Mapping[str, Any] | None) -> dict[str, str]:
    errors = {}
    before = typed_from(stored, zone) if stored else BLANK
    for name, key, instant in (("starts_on", "startsAt", start_of_day), ("ends_on", "endsAt", end_of_day)):
        if not typed[name]:
            body[key] = None
        elif stored and typed[name] == before[name]:
            body[key] = _text(stored[key])
        else:
            try:
                body[key] = _text(instant(typed_day(typed[name]), zone))
            except ValueError:
                errors[name] = _DATE
    return errors


def _text(at: datetime | None) -> str | None:
    return at.isoformat() if at else None


def _camel(name: str) -> str:
    first, *rest = name.split("_")
    return first + "".join(part.capitalize() for part in rest)


def _snake(name: str) -> str:
    return re.sub(r"([A-Z])", lambda found: "_" + found[1].lower(), name)
