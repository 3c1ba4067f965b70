"""Free shipping: the next order is sent for nothing."""

from collections.abc import Mapping

from app.domain.fields import ConfigModel

NAME = "free_shipping"
TITLE = "Free shipping"


class Value(ConfigModel):
    """Nothing to say about it."""


def problems(value: Value) -> Mapping[str, str]:
    """It is worth the postage."""
    return {}


def words(value: Value, currency: str) -> str:
    """All of it."""
    return "Free shipping"
