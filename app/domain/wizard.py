"""How far an owner has come with a draft, and what they have typed that is not part of the program yet."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from datetime import datetime
from typing import Any

TYPE, RULES, DETAILS, REVIEW = 1, 2, 3, 4

Typed = dict[str, str]


@dataclass(frozen=True, slots=True)
class WizardState:
    """The furthest step that is open, and the raw texts by part ("details", or a rule type) and field name."""

    reached: int = REVIEW
    typed: Mapping[str, Typed] = field(default_factory=dict)
    saved_at: datetime | None = None

    @classmethod
    def from_json(cls, stored: Mapping[str, Any] | None) -> WizardState:
        """Read the column of a program; a draft that was made elsewhere is whole, so every step is open."""
        if stored is None:
            return cls()
        saved_at = datetime.fromisoformat(stored["savedAt"]) if stored.get("savedAt") else None
        return cls(stored["reached"], stored.get("typed", {}), saved_at)

    def as_json(self) -> dict[str, Any]:
        """What the column keeps."""
        saved_at = self.saved_at.isoformat() if self.saved_at else None
        return {"reached": self.reached, "typed": dict(self.typed), "savedAt": saved_at}

    def keeping(self, part: str, typed: Typed, at: datetime) -> WizardState:
        """The same with the texts of one part, as typed at an instant."""
        return replace(self, typed={**self.typed, part: typed}, saved_at=at)

    def done_with(self, part: str, step: int, at: datetime) -> WizardState:
        """The same after a part has become the program's own: its texts go, the step after it opens."""
        kept = {name: texts for name, texts in self.typed.items() if name != part}
        return WizardState(max(self.reached, step + 1), kept, at)
