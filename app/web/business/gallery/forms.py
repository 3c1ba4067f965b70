"""What the gallery is asked by its address."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from app.domain.industries import INDUSTRIES
from app.domain.registry import RULES

ALL = "all"


@dataclass(frozen=True, slots=True)
class GallerySearch:
    """One view of the gallery; None is every industry, or every rule type."""

    industry: str | None
    rule_type: str | None

    def address(self, industry: str) -> dict[str, Any]:
        """Return the arguments of the address of another industry's tab."""
        kept = {"ruleType": self.rule_type} if self.rule_type else {}
        return {"industry": industry, **kept}


def read_search(arguments: Mapping[str, str], own_industry: str | None) -> GallerySearch:
    """Read ?industry=&ruleType=; without an industry the business's own comes first, "all" is every one."""
    asked = arguments.get("industry", own_industry or ALL)
    rule_type = arguments.get("ruleType", "")
    return GallerySearch(
        industry=asked if asked in INDUSTRIES else None,
        rule_type=rule_type if rule_type in RULES else None,
    )
