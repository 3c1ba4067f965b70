"""Describes the fields of a form from a rule type's own model, so that a new rule type needs no template."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from functools import cache
from types import NoneType
from typing import Any, get_args, get_origin

from pydantic.fields import FieldInfo

from app.domain.fields import Choice, ConfigModel, FieldKind, Flag, Money, Rate, Text, Whole
from app.domain.rule_rewards import RewardValue
from app.domain.rules.tier_based import ThresholdValue

_MOST_PAIRS = 50
_CONTROLS: tuple[tuple[type[FieldKind], str], ...] = (
    (Flag, "flag"),
    (Choice, "choice"),
    (Text, "text"),
    (Money, "money"),
    (RewardValue, "worth"),
    (ThresholdValue, "number"),
    (Whole, "count"),
    (Rate, "number"),
)


@dataclass(frozen=True, slots=True)
class Field:
    """One field: ``shape`` is leaf, group, rows, pairs or lines; ``control`` says how a leaf is typed.

    ``parts`` are the fields inside a group or a row; ``most`` rows are allowed.
    """

    key: str
    title: str
    shape: str
    control: str = "text"
    is_required: bool = False
    is_optional: bool = False
    default: Any = None
    options: tuple[str, ...] = ()
    bounds: str = ""
    parts: tuple[Field, ...] = ()
    most: int = 0


@cache
def described(model: type[ConfigModel]) -> tuple[Field, ...]:
    """Return the fields of a model in its order."""
    return tuple(_field(info) for info in model.model_fields.values())


def _field(info: FieldInfo) -> Field:
    key = info.alias or ""
    kind = next((found for found in info.metadata if isinstance(found, FieldKind)), None)
    inner = [part for part in (info.annotation, *get_args(info.annotation)) if _is_model(part)]
    shape = _shape(info, is_leaf=kind is not None, has_parts=bool(inner))
    default = None if info.is_required() else info.get_default(call_default_factory=True)
    return Field(
        key=key,
        title=kind.title if kind else _title(key),
        shape=shape,
        control=_control(kind),
        is_required=info.is_required(),
        is_optional=NoneType in get_args(info.annotation) or getattr(kind, "optional", False),
        default=default,
        options=getattr(kind, "options", ()),
        bounds=_bounds(kind),
        parts=described(inner[0]) if inner else (),
        most=_most(info.metadata),
    )


def _shape(info: FieldInfo, *, is_leaf: bool, has_parts: bool) -> str:
    origin = get_origin(info.annotation)
    if origin is list:
        return "rows" if has_parts else "lines"
    if origin is dict:
        return "pairs"
    return "leaf" if is_leaf else "group"


def _control(kind: FieldKind | None) -> str:
    return next((control for known, control in _CONTROLS if isinstance(kind, known)), "text")


def _bounds(kind: FieldKind | None) -> str:
    if isinstance(kind, Whole):
        return f"{kind.low:,}–{kind.high:,}"
    return f"at most {kind.most:,}" if isinstance(kind, Rate) else ""


def _most(metadata: Iterable[Any]) -> int:
    return next((found.max_length for found in metadata if hasattr(found, "max_length")), _MOST_PAIRS)


def _is_model(part: Any) -> bool:
    return isinstance(part, type) and issubclass(part, ConfigModel)


def _title(key: str) -> str:
    words = "".join(f" {letter.lower()}" if letter.isupper() else letter for letter in key)
    return words.capitalize()
