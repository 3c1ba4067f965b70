"""The fields of a form as the templates draw them: names, sentences, values, messages, and the rows there are."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any

from app.domain.wizard import Typed
from app.web.business.wizard.specs import Field
from app.web.business.wizard.typed import row_count
from app.web.business.wizard.words import option_words, words_of

Drawn = dict[str, Any]


def drawn_fields(fields: Iterable[Field], typed: Typed, path: str = "") -> list[Drawn]:
    """Return what components of a form draw, in the order of the model, a rule's own before its reward."""
    drawn = [_drawn(field, f"{path}{field.key}", typed) for field in fields]
    return drawn if path else sorted(drawn, key=lambda one: (not one["is_main"], one["name"].startswith("reward")))


def is_open(drawn: Iterable[Drawn], errors: Mapping[str, str]) -> bool:
    """Say whether More options must be seen: something in it differs from its default or is refused."""
    names = {one["name"] for one in drawn}
    return any(name.partition(".")[0] in names for name in errors) or any(one["is_changed"] for one in drawn)


def _drawn(field: Field, path: str, typed: Typed) -> Drawn:
    words = words_of(path, field.title)
    value = typed.get(path, "")
    return {
        "name": path,
        "title": words.lead or field.title if field.shape == "group" else field.title,
        "lead": words.lead or field.title,
        "trail": words.trail,
        "hint": words.hint,
        "bounds": field.bounds,
        "shape": field.shape,
        "control": field.control,
        "value": value,
        "options": _options(field),
        "is_main": field.is_required or words.is_main,
        "is_changed": _is_changed(field, path, typed),
        "parts": drawn_fields(field.parts, typed, f"{path}.") if field.shape == "group" else [],
        "rows": [_row(field, path, place, typed) for place in range(row_count(typed, path))],
        "may_add": row_count(typed, path) < field.most,
    }


def _row(field: Field, path: str, place: int, typed: Typed) -> Drawn:
    start = f"{path}.{place}"
    pair = {part: typed.get(f"{start}.{part}", "") for part in ("key", "value")} if field.shape == "pairs" else {}
    return {"name": start, "parts": drawn_fields(field.parts, typed, f"{start}."), **pair}


def _options(field: Field) -> list[tuple[str, str]]:
    blank = [("", "as the program says")] if field.is_optional and field.options else []
    return [*blank, *((option, option_words(option)) for option in field.options)]


def _is_changed(field: Field, path: str, typed: Typed) -> bool:
    if field.shape in ("rows", "pairs"):
        return row_count(typed, path) > 0
    if field.shape == "group":
        return any(_is_changed(part, f"{path}.{part.key}", typed) for part in field.parts)
    default = "" if field.default in (None, False, []) else "on" if field.default is True else str(field.default)
    return typed.get(path, "").strip() not in ("", default)
