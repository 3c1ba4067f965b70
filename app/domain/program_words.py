"""The words under which a program is found: each is looked up by its beginning."""

from __future__ import annotations

import re

_LONGEST = 64
_WORD = re.compile(r"\w+")


def words_of(name: str, description: str) -> set[str]:
    """Words of a program's name and description, without regard to case."""
    return {word[:_LONGEST] for word in _WORD.findall(f"{name} {description}".casefold())}


def words_sought(query: str) -> list[str]:
    """The beginnings to look for, all of which a program must have."""
    return [word[:_LONGEST] for word in _WORD.findall(query.casefold())]
