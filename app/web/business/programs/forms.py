"""What the list of programs is asked by its address, and what ends a program."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from app.domain.lifecycle import Status
from app.domain.registry import RULES

_LONGEST_QUERY = 100


@dataclass(frozen=True, slots=True)
class ProgramSearch:
    """One view of the list; what cannot be understood is left out, as an old bookmark deserves."""

    q: str
    status: str | None
    rule_type: str | None
    page: int

    @property
    def is_filtered(self) -> bool:
        """Say whether anything narrows the list."""
        return bool(self.q or self.status or self.rule_type)

    def address(self, **changes: Any) -> dict[str, Any]:
        """Return the arguments of the address of this view with some of them changed; empty ones are left out."""
        now: dict[str, Any] = {"q": self.q, "status": self.status, "ruleType": self.rule_type}
        return {name: value for name, value in {**now, **changes}.items() if value}


def read_search(arguments: Mapping[str, str]) -> ProgramSearch:
    """Read ?q=&status=&ruleType=&page=."""
    status, rule_type, page = (arguments.get(name, "") for name in ("status", "ruleType", "page"))
    return ProgramSearch(
        q=arguments.get("q", "").strip()[:_LONGEST_QUERY],
        status=status.lower() if status.upper() in Status.__members__ else None,
        rule_type=rule_type if rule_type in RULES else None,
        page=int(page) if page.isascii() and page.isdecimal() and 0 < int(page) < 10_000 else 1,
    )


def confirmed_name_error(typed: str, name: str) -> dict[str, str]:
    """Return the error of the form that ends a program, which asks for its name; empty when it is right."""
    if " ".join(typed.split()).casefold() == " ".join(name.split()).casefold():
        return {}
    return {"confirm_name": f"Type {name} to end it"}
