"""Who acts: the name on audit records, ledger entries and versions."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal
from uuid import UUID

ActorKind = Literal["user", "api_key", "staff", "member", "system", "import"]


@dataclass(frozen=True, slots=True)
class Actor:
    """`id` is the user's, key's or member's; the system and imports have none."""

    kind: ActorKind
    id: UUID | None
    name: str

    @property
    def reference(self) -> str:
        """Return how events name the actor: "system", or the kind and the id, such as "user:0190…"."""
        return self.kind if self.id is None else f"{self.kind}:{self.id}"


SYSTEM = Actor("system", None, "Regulars")
