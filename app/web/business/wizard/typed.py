"""Turns typed texts into a config and back: names are dotted paths, such as tiers.1.threshold.value."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from decimal import Decimal, InvalidOperation
from typing import Any

from app.domain.wizard import Typed
from app.web.business.wizard.specs import Field

ON = "on"
_LEFT_OUT = object()


def read_config(fields: Iterable[Field], typed: Mapping[str, str], path: str = "") -> dict[str, Any]:
    """Return the JSON that the texts say; what is no number stays text, for the model to refuse it in its words."""
    read = {field.key: _read(field, typed, f"{path}{field.key}") for field in fields}
    return {key: value for key, value in read.items() if value is not _LEFT_OUT}


def write_config(fields: Iterable[Field], config: Mapping[str, Any], path: str = "") -> Typed:
    """Return the texts that say a stored config; defaults are spelled out."""
    typed: Typed = {}
    for field in fields:
        value = config.get(field.key)
        _WRITERS[field.shape](field, f"{path}{field.key}", value, typed)
    return typed


def row_count(typed: Mapping[str, str], path: str) -> int:
    """Count the rows of a list."""
    places = [name[len(path) + 1 :].partition(".")[0] for name in typed if name.startswith(f"{path}.")]
    return max((int(place) + 1 for place in places if place.isdecimal()), default=0)


def plain_text(value: Any) -> str:
    """Write a JSON value as one would type it."""
    if value is None or value is False:
        return ""
    if value is True:
        return ON
    if isinstance(value, float | Decimal):
        number = Decimal(str(value))
        return f"{number.normalize():f}" if number == number.to_integral_value() else f"{number:f}"
    return str(value)


def _read(field: Field, typed: Mapping[str, str], path: str) -> Any:
    if field.shape == "rows":
        return [read_config(field.parts, typed, f"{path}.{place}.") for place in range(row_count(typed, path))]
    if field.shape == "pairs":
        return _pairs(typed, path)
    if field.shape == "lines":
        return [line.strip() for line in typed.get(path, "").splitlines() if line.strip()]
    if field.shape == "group":
        is_blank = not any(text.strip() for name, text in typed.items() if name.startswith(f"{path}."))
        return _LEFT_OUT if field.is_optional and is_blank else read_config(field.parts, typed, f"{path}.")
    return _leaf(field, typed, path)


def _leaf(field: Field, typed: Mapping[str, str], path: str) -> Any:
    text = typed.get(path, "").strip()
    if field.control == "flag":
        return text == ON
    if not text:
        return "" if field.is_required else _LEFT_OUT
    is_words = field.control == "worth" and typed.get("rewardType") == "free_item"
    return text if is_words or field.control in ("text", "choice") else _number(text)


def _pairs(typed: Mapping[str, str], path: str) -> dict[str, Any]:
    read: dict[str, Any] = {}
    for place in range(row_count(typed, path)):
        name, text = (typed.get(f"{path}.{place}.{part}", "").strip() for part in ("key", "value"))
        # A name that is there twice must reach the model twice, which refuses it, and not silently win.
        while name in read:
            name += " "
        if name.strip() or text:
            read[name] = _number(text)
    return read


def _number(text: str) -> Any:
    try:
        number = Decimal(text)
    except InvalidOperation:
        return text
    if not number.is_finite() or abs(number.adjusted()) > len(text):
        return text
    return int(number) if number == number.to_integral_value() else number


def _write_leaf(field: Field, path: str, value: Any, typed: Typed) -> None:
    typed[path] = plain_text(field.default if value is None else value)


def _write_group(field: Field, path: str, value: Any, typed: Typed) -> None:
    if value is not None or not field.is_optional:
        typed.update(write_config(field.parts, value or {}, f"{path}."))


def _write_rows(field: Field, path: str, value: Any, typed: Typed) -> None:
    for place, row in enumerate(value or []):
        typed.update(write_config(field.parts, row, f"{path}.{place}."))


def _write_pairs(_field: Field, path: str, value: Any, typed: Typed) -> None:
    for place, (name, number) in enumerate((value or {}).items()):
        typed[f"{path}.{place}.key"] = name
        typed[f"{path}.{place}.value"] = plain_text(number)


def _write_lines(_field: Field, path: str, value: Any, typed: Typed) -> None:
    typed[path] = "\n".join(value or [])


_WRITERS = {
    "leaf": _write_leaf,
    "group": _write_group,
    "rows": _write_rows,
    "pairs": _write_pairs,
    "lines": _write_lines,
}
