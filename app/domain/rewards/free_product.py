"""A free product: the one that the name says, or any of some products and categories."""

from collections.abc import Mapping

from app.domain.reward_kind import NOTHING_ELIGIBLE, Choices

NAME = "free_product"
TITLE = "Free product"


class Value(Choices):
    """What may be picked; nothing here means the product in the reward's name."""


def problems(value: Value) -> Mapping[str, str]:
    """A choice has something to choose from."""
    return {"products": NOTHING_ELIGIBLE} if value.is_never_met else {}


def words(value: Value, currency: str) -> str:
    """What one may pick."""
    return f"One of {', '.join(value.names)}, free" if value.names else ""
