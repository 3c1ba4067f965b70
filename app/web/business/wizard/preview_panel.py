"""The preview beside a form: the customer's card, the till and a purchase to try, all played by the engine."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from typing import Any
from zoneinfo import ZoneInfo

from flask import g, request

from app.domain.errors import ValidationErrors
from app.domain.localtime import to_instant
from app.domain.money import exponent, format_money
from app.domain.registry import RULES
from app.domain.rule_type import config_of
from app.queries.program_wizard import usual_purchase
from app.services.program_forecast import Forecast, forecast
from app.services.program_preview import preview_program
from app.web.business.wizard.draft import Draft
from app.web.business.wizard.forecast_words import consequence
from app.web.business.wizard.starts import usual_major
from app.web.support.context import shop_icon
from app.web.support.gains import gains
from app.web.support.sentences import program_sentence
from app.web.support.standings import standing

_RULE = ("ruleType", "ruleConfig", "timezone", "blackoutDates", "recurrence")
_NEXT = {
    "PUNCH_CARD": ("punches", "required"),
    "STAMP_CARD": ("stamps", "required"),
    "VISIT_FREQUENCY": ("visits", "required"),
    "AMOUNT_SPENT": ("spent", "threshold"),
}


def panel(draft: Draft, config: Mapping[str, Any]) -> dict[str, Any]:
    """Return what the panel draws. A config that is not sound gives way to the last one that was."""
    try:
        return _played(draft, config) | {"is_stale": False}
    except ValidationErrors:
        return _played(draft, draft.program["ruleConfig"]) | {"is_stale": True}


def usual_forecast(program: Mapping[str, Any], config: Mapping[str, Any]) -> Forecast:
    """Return what a config means for a regular with the business's usual purchase. Raises ValidationErrors."""
    return forecast({key: program[key] for key in _RULE} | {"ruleConfig": config}, _usual())


def _usual() -> int:
    currency = g.business["currency"]
    minor: int = 10 ** exponent(currency)
    return usual_purchase() or usual_major(currency) * minor


def _played(draft: Draft, config: Mapping[str, Any]) -> dict[str, Any]:
    currency = g.business["currency"]
    usual = _usual()
    body = {key: draft.program[key] for key in _RULE} | {"ruleConfig": config}
    # The rule itself is checked first: what is wrong with the purchase to try is said beside that.
    found = usual_forecast(draft.program, config)
    tried, problem = _tried(body, config, usual)
    shown = _standing(draft, body, tried, currency) if tried else None
    return {
        "consequence": consequence(found, currency),
        "sentence": program_sentence({**draft.program, "ruleConfig": config}),
        "card": _card(draft, shown),
        "standing": shown,
        "tried": _receipt(tried, currency) if tried else None,
        "problem": problem,
        "values": _values(usual, config, currency),
    }


def _tried(body: Mapping[str, Any], config: Mapping[str, Any], usual: int) -> tuple[dict[str, Any] | None, str | None]:
    values = _values(usual, config, g.business["currency"])
    member = {"multiplier": values["multiplier"]} if values["multiplier"] else {}
    try:
        return preview_program({**body, "member": member, "purchases": [_purchase(values, body)]}), None
    except ValidationErrors as found:
        return None, next(iter(found.errors.values()))[0]


def _values(usual: int, config: Mapping[str, Any], currency: str) -> dict[str, str]:
    """The purchase to try as it was typed; at first a usual one of what the rule counts."""
    usual_values = {
        "amount": format_money(usual, currency),
        "category": str(config.get("categoryFilter") or ""),
        "at": "",
        "multiplier": "",
    }
    return {name: request.form.get(f"try.{name}", value).strip()[:60] for name, value in usual_values.items()}


def _purchase(values: Mapping[str, str], body: Mapping[str, Any]) -> dict[str, Any]:
    category, at = values["category"], _instant(values["at"], str(body["timezone"]))
    items = [{"category": category, "quantity": 1, "unitPrice": values["amount"]}] if category else []
    when = {"occurredAt": at.isoformat()} if at else {}
    return {"amount": values["amount"], "items": items, **when}


def _instant(text: str, timezone: str) -> datetime | None:
    try:
        return to_instant(datetime.fromisoformat(text).replace(tzinfo=None), ZoneInfo(timezone))
    except (ValueError, OverflowError):
        return None


def _standing(draft: Draft, body: Mapping[str, Any], played: Mapping[str, Any], currency: str) -> dict[str, Any]:
    outcome, progress = played["outcomes"][0], played["progress"]
    config: Any = config_of(RULES[draft.rule_type], body["ruleConfig"], currency)
    enrollment = {
        "programId": draft.id,
        "programName": draft.program["name"],
        "programStatus": "ACTIVE",
        "ruleType": draft.rule_type,
        "balance": outcome["points"],
        "pending": outcome["cashback"],
        "owed": 0,
        "tier": outcome["tier"],
        "metricUnit": played["metricUnit"],
        "progress": progress,
        "nextReward": _next_reward(draft.rule_type, config, progress, outcome),
        "unit": "points",
    }
    return standing(enrollment, currency=currency, icon=shop_icon())


def _next_reward(
    rule_type: str, config: Any, progress: Mapping[str, Any], outcome: Mapping[str, Any]
) -> dict[str, Any] | None:
    if rule_type in _NEXT:
        reached, wanted = _NEXT[rule_type]
        remaining = max(0, progress[wanted] - progress[reached])
        return {"description": config.reward_description, "rewardType": config.reward_type, "remaining": remaining}
    if rule_type == "POINTS_BASED":
        goals = [step.points for step in config.redemption_steps] or [config.redemption_rate]
        ahead = [goal for goal in goals if goal > outcome["points"]]
        return {"description": "", "rewardType": "credit", "remaining": ahead[0] - outcome["points"]} if ahead else None
    return None


def _card(draft: Draft, shown: Mapping[str, Any] | None) -> dict[str, Any]:
    return {
        "program_name": draft.program["name"],
        "headline": shown["headline"] if shown else draft.program["name"],
        "member_name": "A new customer",
        "member_number": "After one purchase",
        "standing": shown if shown and shown["total"] else None,
    }


def _receipt(played: Mapping[str, Any], currency: str) -> dict[str, Any]:
    outcome = played["outcomes"][0]
    given = gains(outcome, currency)
    return {
        "rows": [{"words": words, "amount": ""} for words in given],
        "headline": ", ".join(given) or "Nothing earned",
        "why": outcome["explanation"],
    }
