"""The reward types there are: every module of `rewards`, found by itself, and the reading of their values."""

import importlib
import pkgutil
from collections.abc import Mapping
from decimal import Decimal
from typing import Any, cast

from pydantic import ValidationError

from app.domain import rewards
from app.domain.body import violations
from app.domain.fields import ConfigModel, zero_text
from app.domain.money import format_money
from app.domain.reward_kind import RewardKind

REWARD_KINDS: dict[str, RewardKind] = {
    module.name: cast(RewardKind, importlib.import_module(f"{rewards.__name__}.{module.name}"))
    for module in pkgutil.iter_modules(rewards.__path__)
}

CREDIT = "credit"
"""The type of a voucher for points turned into money: no reward of the catalogue stands behind it."""


def read_value(reward_type: str, value: object, currency: str) -> tuple[dict[str, Any] | None, dict[str, list[str]]]:
    """(the value as it is stored, every problem under its path); amounts are kept in minor units, rates as text."""
    kind = REWARD_KINDS[reward_type]
    try:
        read = kind.Value.model_validate({} if value is None else value, context={"currency": currency})
    except ValidationError as error:
        return None, {_path(path): messages for path, messages in violations(error).items()}
    nothing = zero_text(currency)
    found = {_path(field): [sentence.format(nothing=nothing)] for field, sentence in kind.problems(read).items()}
    return (None, found) if found else (_stored(read), {})


def value_words(reward_type: str, stored: Mapping[str, Any] | None, currency: str) -> str:
    """The worth of a stored value in a few words."""
    kind = REWARD_KINDS[reward_type]
    return kind.words(
        kind.Value.model_validate(told_value(stored, currency) or {}, context={"currency": currency}), currency
    )


def told_value(stored: Mapping[str, Any] | None, currency: str) -> dict[str, Any] | None:
    """A stored value as answers carry it: money as a decimal string, a percentage as a number; null for nothing."""
    if not stored:
        return None
    told = dict(stored)
    if "amount" in told:
        told["amount"] = format_money(int(told["amount"]), currency)
    if "percent" in told:
        told["percent"] = Decimal(str(told["percent"]))
    return told


def _stored(read: ConfigModel) -> dict[str, Any] | None:
    values = read.model_dump(exclude_none=True)
    for name in ("products", "categories"):
        if name in values:
            values[name] = [text.strip() for text in values[name] if text.strip()]
    if "percent" in values:
        values["percent"] = f"{values['percent'].normalize():f}"
    return values or None


def _path(path: str) -> str:
    return "value" if path == "body" else f"value.{path}"
