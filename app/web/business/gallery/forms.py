"""What the gallery is asked by its address."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from app.domain.industries import INDUSTRIES
from app.domain.registry import RULES
from app.domain.trades import nearest_industry

ALL = "all"

_LONGEST_TRADE = 40


@dataclass(frozen=True, slots=True)
class GallerySearch:
    """One view of the gallery; None is every industry, or every rule type.

    ``trade`` is a kind of business without templates of its own, in the owner's words: ``industry`` is the nearest.
    """

    industry: str | None
    rule_type: str | None
    trade: str = ""

    def address(self, industry: str) -> dict[str, Any]:
        """Return the arguments of the address of another industry's tab."""
        kept = {"ruleType": self.rule_type} if self.rule_type else {}
        return {"industry": industry, **kept}


def read_search(arguments: Mapping[str, str], own_industry: str | None) -> GallerySearch:
    """Read ?industry=&ruleType=; without an industry the business's own comes first, "all" is every one."""
    asked = arguments.get("industry", own_industry or ALL).strip() or ALL
    wanted = arguments.get("ruleType", "")
    rule_type = wanted if wanted in RULES else None
    known = _known(asked)
    if known is not None:
        return GallerySearch(None if known == ALL else known, rule_type)
    return GallerySearch(nearest_industry(asked), rule_type, asked[:_LONGEST_TRADE])


def _known(asked: str) -> str | None:
    """Return the industry that is meant by its key or by its word, whatever the case."""
    keys = {word.casefold(): key for key, word in INDUSTRIES.items()} | {key: key for key in (*INDUSTRIES, ALL)}
    return keys.get(asked.casefold())
