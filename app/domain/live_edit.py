"""Two people change one program: what each has changed since both began, and what comes of it (a three-way merge)."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any

CONFIG = "ruleConfig"
_ABSENT = object()

Body = Mapping[str, Any]


@dataclass(frozen=True, slots=True)
class Merge:
    """Paths are ``name`` or ``ruleConfig.punchesRequired``; a list or an object is one field.

    ``mine`` changed here alone, ``theirs`` by somebody else alone, ``conflicts`` by both and not alike.
    """

    mine: tuple[str, ...]
    theirs: tuple[str, ...]
    conflicts: tuple[str, ...]


def merge(base: Body, mine: Body, theirs: Body) -> Merge:
    """Compare two bodies with the one that both began with."""
    flat_base, flat_mine, flat_theirs = (dict(_flat(body)) for body in (base, mine, theirs))
    paths = dict.fromkeys([*flat_base, *flat_mine, *flat_theirs])
    here = {path for path in paths if _differs(flat_base, flat_mine, path)}
    there = {path for path in paths if _differs(flat_base, flat_theirs, path)}
    conflicts = {path for path in here & there if _differs(flat_mine, flat_theirs, path)}
    return Merge(
        mine=tuple(path for path in paths if path in here - there),
        theirs=tuple(path for path in paths if path in there - here),
        conflicts=tuple(path for path in paths if path in conflicts),
    )


def combined(mine: Body, theirs: Body, keep_mine: set[str]) -> dict[str, Any]:
    """Their body with the named fields of mine."""
    flat_mine, flat = dict(_flat(mine)), dict(_flat(theirs))
    for path in keep_mine:
        if path in flat_mine:
            flat[path] = flat_mine[path]
        else:
            flat.pop(path, None)
    return _body(flat)


def changed_keys(before: Body, after: Body) -> dict[str, Any]:
    """What a PUT says to turn one body into the other: whole top-level keys."""
    return {key: value for key, value in after.items() if before.get(key, _ABSENT) != value}


def value_at(body: Body, path: str) -> Any:
    """The value of a path, None where there is none."""
    return dict(_flat(body)).get(path)


def _flat(body: Body) -> Iterator[tuple[str, Any]]:
    for key, value in body.items():
        if key == CONFIG:
            yield from ((f"{CONFIG}.{name}", each) for name, each in value.items())
        else:
            yield key, value


def _body(flat: Mapping[str, Any]) -> dict[str, Any]:
    config = {path.partition(".")[2]: value for path, value in flat.items() if path.startswith(f"{CONFIG}.")}
    plain = {path: value for path, value in flat.items() if not path.startswith(f"{CONFIG}.")}
    return {**plain, CONFIG: config}


def _differs(one: Mapping[str, Any], other: Mapping[str, Any], path: str) -> bool:
    return bool(one.get(path, _ABSENT) != other.get(path, _ABSENT))
