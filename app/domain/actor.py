"""Who does something: the name that purchases, versions and the audit log keep."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal
from uuid import UUID


@dataclass(frozen=True, slots=True)
class Actor:
    """A person, a key or the machine itself; ``id`` is None for the last two kinds."""

    kind: Literal["user", "staff", "api_key", "system", "import"]
    id: UUID | None
    name: str


SYSTEM = Actor("system", None, "Regulars")
