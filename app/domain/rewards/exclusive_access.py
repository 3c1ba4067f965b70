"""Exclusive access: an evening, an early sale, a table: what its name says."""

from collections.abc import Mapping

from app.domain.fields import ConfigModel

NAME = "exclusive_access"
TITLE = "Exclusive access"


class Value(ConfigModel):
    """Nothing to say about it."""


def problems(value: Value) -> Mapping[str, str]:
    """Its worth is in the name."""
    return {}


def words(value: Value, currency: str) -> str:
    """That it is not for everybody."""
    return "Members only"
