"""The kinds of fields a config is made of: each knows its title, its bounds, and the owner's sentence when they break.

They are pydantic metadata (`Annotated[int, Whole("Punches required", 2, 50)]`), so that forms, the API schema and
validation read the same object. A field refuses booleans, NaN and text that is no number; money becomes minor units.
"""

from abc import ABC, abstractmethod
from collections.abc import Mapping
from dataclasses import dataclass
from decimal import Decimal
from typing import Any

from pydantic import BaseModel, ConfigDict, GetCoreSchemaHandler, GetJsonSchemaHandler
from pydantic.alias_generators import to_camel
from pydantic.json_schema import JsonSchemaValue
from pydantic_core import PydanticCustomError, core_schema

from app.domain.money import MoneyError, brief_text, exact, exponent, money_text, scaled

_DEFAULT_CURRENCY = "USD"


class ConfigModel(BaseModel):
    """The base of everything an owner configures: camelCase in JSON, unknown keys refused, frozen."""

    model_config = ConfigDict(extra="forbid", frozen=True, alias_generator=to_camel, title=None)


def refuse(sentence: str) -> PydanticCustomError:
    """An error whose whole message is the sentence."""
    return PydanticCustomError("owner", "{sentence}", {"sentence": sentence})


def number(value: object, title: str) -> Decimal:
    """An exact number out of JSON, or the sentence that asks for one."""
    try:
        return exact(value)
    except MoneyError as error:
        raise refuse(f"{title} must be a number") from error


@dataclass(frozen=True, slots=True)
class FieldKind(ABC):
    """What all kinds share. `optional` accepts null; subclasses read a value or raise `refuse(...)`."""

    title: str

    @abstractmethod
    def read(self, value: object, currency: str, others: Mapping[str, Any]) -> Any:
        """The value as the engine keeps it; `others` are the fields before this one that were sound."""

    @abstractmethod
    def schema(self) -> dict[str, Any]:
        """The field in JSON Schema's words."""

    def __get_pydantic_core_schema__(self, source: Any, handler: GetCoreSchemaHandler) -> core_schema.CoreSchema:
        return core_schema.with_info_plain_validator_function(self._validate)

    def __get_pydantic_json_schema__(
        self, schema: core_schema.CoreSchema, handler: GetJsonSchemaHandler
    ) -> JsonSchemaValue:
        said = self.schema()
        if getattr(self, "optional", False) and {"type": "null"} not in said.get("anyOf", []):
            said = {"anyOf": [*said.pop("anyOf", []), *([said] if said else []), {"type": "null"}]}
        return {"title": self.title, **said}

    def _validate(self, value: Any, info: core_schema.ValidationInfo) -> Any:
        if value is None and getattr(self, "optional", False):
            return None
        currency = (info.context or {}).get("currency", _DEFAULT_CURRENCY)
        return self.read(value, currency, info.data or {})


@dataclass(frozen=True, slots=True)
class Whole(FieldKind):
    """A whole number within bounds; `below` names an earlier field it must stay under, `reaching` one it must reach."""

    low: int
    high: int
    optional: bool = False
    below: str | None = None
    reaching: str | None = None

    def read(self, value: object, currency: str, others: Mapping[str, Any]) -> int:
        """The number; 8.0 is 8."""
        read = number(value, self.title)
        if read != read.to_integral_value():
            raise refuse(f"{self.title} must be a whole number between {self.low:,} and {self.high:,}")
        whole = int(read)
        if not self.low <= whole <= self.high:
            raise refuse(f"{self.title} must be between {self.low:,} and {self.high:,}")
        self._compare(whole, others)
        return whole

    def schema(self) -> dict[str, Any]:
        """An integer with its bounds, which a text may say too."""
        whole = {"type": "integer", "minimum": self.low, "maximum": self.high}
        return {"anyOf": [whole, {"type": "string", "pattern": r"^\d+(\.0+)?$"}]}

    def _compare(self, whole: int, others: Mapping[str, Any]) -> None:
        if self.below and whole >= others.get(self.below, self.high + 1):
            raise refuse(f"{self.title} must be less than {_words(self.below)}, {others[self.below]}")
        if self.reaching and whole < others.get(self.reaching, self.low):
            raise refuse(f"{self.title} must be at least {_words(self.reaching)}, {others[self.reaching]}")


@dataclass(frozen=True, slots=True)
class Money(FieldKind):
    """An amount in the business's currency, kept in minor units; above 0, or from 0 on when `from_zero`."""

    optional: bool = False
    from_zero: bool = False

    def read(self, value: object, currency: str, others: Mapping[str, Any]) -> int:
        """Minor units."""
        amount = number(value, self.title)
        if amount < 0 or (amount == 0 and not self.from_zero):
            least = "at least" if self.from_zero else "greater than"
            raise refuse(f"{self.title} must be {least} {zero_text(currency)}")
        try:
            minor = scaled(amount, exponent(currency))
        except MoneyError as error:
            raise refuse(f"{self.title}: {str(error)[0].lower()}{str(error)[1:]}") from error
        if minor > MOST_MINOR:
            raise refuse(f"{self.title} must be at most {money_text(MOST_MINOR, currency)}")
        return minor

    def schema(self) -> dict[str, Any]:
        """A number or a decimal string."""
        bound = {"minimum": 0} if self.from_zero else {"exclusiveMinimum": 0}
        return {"anyOf": [{"type": "number", **bound}, {"type": "string", "pattern": r"^\d+(\.\d+)?$"}]}


MOST_MINOR = 9_999_999_999


@dataclass(frozen=True, slots=True)
class Rate(FieldKind):
    """A decimal above 0 (or from 0 on), at most `most`, with at most `decimals` decimals where that is set."""

    most: int
    decimals: int | None = None
    optional: bool = False
    from_zero: bool = False

    def read(self, value: object, currency: str, others: Mapping[str, Any]) -> Decimal:
        """The exact decimal."""
        rate = number(value, self.title)
        if rate < 0 or (rate == 0 and not self.from_zero):
            raise refuse(f"{self.title} must be {'0 or more' if self.from_zero else 'a positive number'}")
        if rate > self.most:
            raise refuse(f"{self.title} must be at most {self.most:,}")
        if self.decimals is not None and rate != round(rate, self.decimals):
            raise refuse(f"{self.title} must have at most {self.decimals} decimals")
        return rate

    def schema(self) -> dict[str, Any]:
        """A number with its bounds."""
        bound = {"minimum": 0} if self.from_zero else {"exclusiveMinimum": 0}
        return {"anyOf": [{"type": "number", **bound, "maximum": self.most}, {"type": "string"}]}


@dataclass(frozen=True, slots=True)
class Text(FieldKind):
    """Words of a person, trimmed."""

    longest: int
    optional: bool = False
    shortest: int = 1

    def read(self, value: object, currency: str, others: Mapping[str, Any]) -> str:
        """The trimmed text."""
        if not isinstance(value, str):
            raise refuse(f"{self.title} must be text")
        text = value.strip()
        if not self.shortest <= len(text) <= self.longest:
            raise refuse(f"{self.title} must be {self.shortest} to {self.longest:,} characters")
        if "\x00" in text:
            raise refuse(f"{self.title} must be readable text")
        return text

    def schema(self) -> dict[str, Any]:
        """A string with its lengths."""
        return {"type": "string", "minLength": self.shortest, "maxLength": self.longest}


@dataclass(frozen=True, slots=True)
class Choice(FieldKind):
    """One of a few words."""

    options: tuple[str, ...]
    optional: bool = False

    def read(self, value: object, currency: str, others: Mapping[str, Any]) -> str:
        """The word itself."""
        if not isinstance(value, str) or value not in self.options:
            raise refuse(f"{self.title} must be one of {', '.join(self.options)}")
        return value

    def schema(self) -> dict[str, Any]:
        """An enumeration."""
        return {"type": "string", "enum": list(self.options)}


@dataclass(frozen=True, slots=True)
class Flag(FieldKind):
    """Yes or no."""

    def read(self, value: object, currency: str, others: Mapping[str, Any]) -> bool:
        """The boolean itself; 0, 1 and words are not one."""
        if not isinstance(value, bool):
            raise refuse(f"{self.title} must be true or false")
        return value

    def schema(self) -> dict[str, Any]:
        """A boolean."""
        return {"type": "boolean"}


def zero_text(currency: str) -> str:
    """Nothing, in the business's currency and without decimals: "$0", "0 SEK"."""
    return brief_text(0, currency)


def _words(field: str) -> str:
    return field.replace("_", " ")
