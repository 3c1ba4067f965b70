"""What a rule gives when it owes: the reward fields that five rule types share (RULES 3 and 5)."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Annotated, Any

from app.domain.fields import Choice, ConfigModel, FieldKind, Money, Rate, Text, Whole
from app.domain.money import brief_text

REWARD_TYPES = ("free_item", "discount", "credit")
_ARTICLES = frozenset({"A", "An", "Any", "One", "The", "Your"})


@dataclass(frozen=True, slots=True)
class RewardValue(FieldKind):
    """What its type asks for: a text key, a percentage, or money in minor units."""

    def read(self, value: object, currency: str, others: Mapping[str, Any]) -> Any:
        """A str, a Decimal or an int of minor units; anything while the type itself is unsound."""
        reward_type = others.get("reward_type")
        if reward_type == "free_item":
            return Text(self.title, 100).read(value, currency, others)
        if reward_type == "discount":
            return Rate(self.title, 100).read(value, currency, others)
        if reward_type == "credit":
            return Money(self.title).read(value, currency, others)
        return value

    def schema(self) -> dict[str, Any]:
        """A text or a number, as the reward type asks."""
        return {"anyOf": [{"type": "string"}, {"type": "number"}]}


class RewardFields(ConfigModel):
    """The reward of a rule; `reward_expires_after_days` None leaves the voucher to the program's redeemUntil."""

    reward_type: Annotated[str, Choice("Reward type", REWARD_TYPES)]
    reward_value: Annotated[Any, RewardValue("Reward value")]
    reward_description: Annotated[str, Text("Reward description", 200)]
    reward_expires_after_days: Annotated[int | None, Whole("Days to use a reward", 1, 730, optional=True)] = None


def reward_text(config: RewardFields, currency: str) -> str:
    """The reward in a few words, with its worth where that is a number."""
    words = _in_a_sentence(config.reward_description)
    if config.reward_type == "discount":
        return f"{words} ({config.reward_value.normalize():f} % off)"
    if config.reward_type == "credit":
        return f"{words} ({brief_text(config.reward_value, currency)} credit)"
    return words


def _in_a_sentence(words: str) -> str:
    """A description begins with a capital; an article in the middle of a sentence does not."""
    first, _, rest = words.partition(" ")
    return f"{first.lower()} {rest}" if first in _ARTICLES and rest else words
