"""The one shape of a reward type: what every file in `rewards` offers to the catalogue, the till and the forms."""

from collections.abc import Mapping
from typing import Any, Protocol

from pydantic import Field

from app.domain.fields import ConfigModel

NOTHING_ELIGIBLE = (
    "This reward gives {nothing} when nothing eligible is in the order — pick at least one product or category."
)
MOST_CHOICES = 50
LONGEST_CHOICE = 100


class Choices(ConfigModel):
    """What a reward works for: both lists left out mean anything; given, at least one name must stand in them."""

    products: list[str] | None = Field(default=None, max_length=MOST_CHOICES)
    categories: list[str] | None = Field(default=None, max_length=MOST_CHOICES)

    @property
    def names(self) -> list[str]:
        """Every product and category that is named, without blanks."""
        return [name.strip() for name in (*(self.products or ()), *(self.categories or ())) if name.strip()]

    @property
    def is_never_met(self) -> bool:
        """Whether a choice was begun and nothing was chosen, so that no order can ever have it."""
        is_chosen = self.products is not None or self.categories is not None
        return is_chosen and not self.names


class RewardKind(Protocol):
    """A module of `rewards`: what its `value` holds, in words and in money."""

    NAME: str
    TITLE: str
    Value: type[ConfigModel]

    def problems(self, value: Any) -> Mapping[str, str]:
        """Return what keeps the value from ever being worth anything: field of `value` -> sentence with {nothing}."""
        ...

    def words(self, value: Any, currency: str) -> str:
        """Return the worth in a few words, such as "20 % off"; empty where the name says it all."""
        ...


def choice_words(value: Choices) -> str:
    """Return what a reward is for: " on coffee, tea", or nothing for anything."""
    return f" on {', '.join(value.names)}" if value.names else ""
