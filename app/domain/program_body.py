"""A program as it is sent or typed: checked with every violation at once, and turned into a draft and snapshot."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any, get_args

from pydantic import BaseModel, ValidationError

from app.domain.body import violations
from app.domain.errors import ValidationErrors
from app.domain.fields import ConfigModel
from app.domain.program_fields import ProgramFields
from app.domain.registry import RULES
from app.domain.rule_type import RuleType

Errors = dict[str, list[str]]

SNAPSHOT = (
    "timezone",
    "locationIds",
    "blackoutDates",
    "recurrence",
    "segments",
    "priority",
    "exclusiveGroup",
    "autoEnroll",
    "caps",
    "budget",
)
"""The keys of a version besides ruleType, ruleConfig and ruleConfigDomain (RULES 1)."""

_PREMIUM = ("segments", "exclusiveGroup", "caps", "budget", "recurrence")
_UNITS = {"points": "points", "cashback": "cashback"}


@dataclass(slots=True)
class ProgramDraft:
    """A sound program: what the row keeps, and ``snapshot``, the camelCase content of its next version.

    ``snapshot["ruleConfig"]`` is the config in the types that were sent; ``snapshot["timezone"]`` is None for the
    business's own, which the caller fills in.
    """

    name: str
    description: str
    starts_at: datetime | None
    ends_at: datetime | None
    redeem_until: datetime | None
    is_active: bool
    snapshot: dict[str, Any]


def parse_program(body: Mapping[str, Any], *, currency: str) -> ProgramDraft:
    """The draft that a whole body describes; raises ValidationErrors with every violation under its dotted path.

    The body holds JSON values without binary floats (Decimal, int, text, bool, None); money is in major units.
    """
    plain = {key: value for key, value in body.items() if key not in ("ruleType", "ruleConfig")}
    errors: Errors = {}
    rule = _rule(body, errors)
    fields, sound_fields = _checked(ProgramFields, plain, currency, "", errors)
    config = _config(rule, body, currency, errors) if rule else None
    assert isinstance(sound_fields, ProgramFields)  # no field needs another one, so the rest of them is always sound
    _check_together(sound_fields, rule, errors)
    if errors or not isinstance(fields, ProgramFields) or rule is None or config is None:
        raise ValidationErrors(errors)
    return _draft(fields, rule, body["ruleConfig"])


def _rule(body: Mapping[str, Any], errors: Errors) -> RuleType | None:
    name = body.get("ruleType")
    rule = RULES.get(name) if isinstance(name, str) else None
    if rule is None:
        errors["ruleType"] = [f"Choose a rule type: {', '.join(RULES)}"]
    return rule


def _config(rule: RuleType, body: Mapping[str, Any], currency: str, errors: Errors) -> BaseModel | None:
    if "ruleConfig" not in body:
        errors["ruleConfig"] = ["Rule config is missing"]
        return None
    config, sound_config = _checked(rule.Config, body["ruleConfig"], currency, "ruleConfig", errors)
    inside = sound_config or _sound_inside(rule.Config, body["ruleConfig"], currency)
    for path, sentence in _cross_checks(inside):
        errors.setdefault(".".join(["ruleConfig", *map(str, path)]), []).append(sentence)
    return config


def _checked(
    model: type[BaseModel], value: Any, currency: str, path: str, errors: Errors
) -> tuple[BaseModel | None, BaseModel | None]:
    """The model, or None; and what of it is sound enough for the checks between its fields."""
    try:
        whole = model.model_validate(value, context={"currency": currency})
    except ValidationError as error:
        for place, sentences in violations(error).items():
            where = ".".join(part for part in (path, "" if place == "body" else place) if part)
            errors.setdefault(where or "body", []).extend(sentences)
        return None, _sound_part(model, value, currency, error)
    return whole, whole


def _sound_part(model: type[BaseModel], value: Any, currency: str, error: ValidationError) -> BaseModel | None:
    """The model without its broken keys, where it can do without them."""
    broken = {problem["loc"][0] for problem in error.errors() if problem["loc"]}
    if not isinstance(value, Mapping) or not broken:
        return None
    kept = {"name": "-"} if model is ProgramFields else {}
    kept |= {key: part for key, part in value.items() if key not in broken}
    try:
        return model.model_validate(kept, context={"currency": currency})
    except ValidationError:
        return None


def _sound_inside(model: type[BaseModel], value: Any, currency: str) -> dict[str, Any]:
    """The sound groups of fields inside a config that is not sound as a whole."""
    found: dict[str, Any] = {}
    for name, field in model.model_fields.items():
        kinds = (field.annotation, *get_args(field.annotation))
        group: Any = next((kind for kind in kinds if _is_group(kind)), None)
        if group and isinstance(value, Mapping) and field.alias in value:
            try:
                found[name] = group.model_validate(value[field.alias], context={"currency": currency})
            except ValidationError:
                continue
    return found


def _is_group(kind: Any) -> bool:
    return isinstance(kind, type) and issubclass(kind, ConfigModel)


def _cross_checks(config: BaseModel | Mapping[str, Any]) -> list[tuple[tuple[str | int, ...], str]]:
    """What the config, and the models inside it, find between their own fields."""
    models = [config, *(value for value in dict(config).values() if isinstance(value, ConfigModel))]
    return [found for model in models if hasattr(model, "violations") for found in model.violations()]


def _check_together(fields: ProgramFields, rule: RuleType | None, errors: Errors) -> None:
    if fields.starts_at and fields.ends_at and fields.ends_at <= fields.starts_at:
        errors.setdefault("endsAt", []).append("End date must be after start date")
    if fields.redeem_until and fields.ends_at and fields.redeem_until < fields.ends_at:
        errors.setdefault("redeemUntil", []).append("Redeem until must not be before the end date")
    if rule is None:
        return
    if rule.NAME == "TIER_BASED" and fields.exclusive_group:
        errors.setdefault("exclusiveGroup", []).append("Tiers stand beside other programs; leave the group empty")
    granted = _UNITS.get(rule.YIELDS, "rewards")
    limits = [(f"caps.{place}", cap.unit) for place, cap in enumerate(fields.caps)]
    limits += [("budget", fields.budget.unit)] if fields.budget else []
    for path, unit in limits:
        if unit != granted or rule.NAME == "TIER_BASED":
            errors.setdefault(f"{path}.unit", []).append(f"{rule.TITLE} gives no {unit}, so they cannot be limited")


def _draft(fields: ProgramFields, rule: RuleType, config: Mapping[str, Any]) -> ProgramDraft:
    said = fields.model_dump(by_alias=True)
    snapshot = {"ruleType": rule.NAME, "ruleConfig": dict(config), **{key: said[key] for key in SNAPSHOT}}
    snapshot["ruleConfigDomain"] = fields.rule_config_domain or _domain(rule, snapshot)
    return ProgramDraft(
        name=fields.name,
        description=fields.description,
        starts_at=fields.starts_at,
        ends_at=fields.ends_at,
        redeem_until=fields.redeem_until,
        is_active=fields.is_active,
        snapshot=snapshot,
    )


def _domain(rule: RuleType, snapshot: Mapping[str, Any]) -> str:
    """How far the owner went: only what is required, the rule's options, or targeting, limits and tiers."""
    if rule.NAME == "TIER_BASED" or any(snapshot[key] for key in _PREMIUM):
        return "PREMIUM"
    required = {name for name, field in rule.Config.model_fields.items() if field.is_required()}
    aliases = {rule.Config.model_fields[name].alias or name for name in required}
    has_options = any(
        value not in (None, {}, []) for key, value in snapshot["ruleConfig"].items() if key not in aliases
    )
    return "ADVANCED" if has_options or snapshot["locationIds"] or snapshot["blackoutDates"] else "SIMPLE"
