"""Request bodies: every violation under its path, in words."""

from datetime import date
from decimal import Decimal
from typing import Annotated, Any, Literal

import pytest
from pydantic import Field

from app.domain.body import Body, Day, Instant, label, parsed
from app.domain.errors import ValidationErrors
from app.domain.fields import ConfigModel, Whole


class Line(Body):
    """A line of something."""

    unit_price: Annotated[Decimal, Field(ge=0, decimal_places=2)]
    kind: Literal["a", "b"] = "a"


class Order(Body):
    """Some lines."""

    order_id: Annotated[str, Field(min_length=1, max_length=3)]
    lines: list[Line] = Field(default_factory=list, max_length=2)


def refused(body: dict[str, Any]) -> dict[str, list[str]]:
    with pytest.raises(ValidationErrors) as caught:
        parsed(Order, body)
    return caught.value.errors


class Birthday(Body):
    """A day."""

    on: Day


def test_a_day_is_written_as_a_day_or_is_one() -> None:
    assert [parsed(Birthday, {"on": day}).on for day in ("1990-12-25", date(1990, 12, 25))] == [date(1990, 12, 25)] * 2
    for wrong in (19901225, None, "19901225", "1990-W52-2"):
        with pytest.raises(ValidationErrors):
            parsed(Birthday, {"on": wrong})


class Span(Body):
    """A moment."""

    at: Instant


@pytest.mark.parametrize("given", [0, 1.5, "0", "1700000000", "2026-11-21", "21.11.2026 10:00", None, True])
def test_a_moment_is_spelled_out(given: Any) -> None:
    with pytest.raises(ValidationErrors) as caught:
        parsed(Span, {"at": given})
    assert caught.value.errors == {"at": ["At must be a time such as 2026-12-25T09:00:00Z"]}


def test_a_moment_needs_its_offset() -> None:
    with pytest.raises(ValidationErrors, match="needs an offset"):
        parsed(Span, {"at": "2026-11-21T10:00:00"})
    assert parsed(Span, {"at": "2026-11-21T10:00:00+02:00"}).at.isoformat() == "2026-11-21T10:00:00+02:00"


def test_every_violation_stands_under_its_dotted_path() -> None:
    body = {"orderId": "", "colour": 1, "lines": [{"unitPrice": 1}, {"unitPrice": "x", "kind": "c"}]}
    assert refused(body) == {
        "orderId": ["Order id is missing"],
        "lines.1.unitPrice": ["Unit price must be a number"],
        "lines.1.kind": ["Kind must be one of 'a' or 'b'"],
        "colour": ["colour is not a field here"],
    }


def test_bounds_are_said_with_their_numbers() -> None:
    assert refused({"orderId": "long", "lines": [{"unitPrice": -1}, {"unitPrice": Decimal("0.001")}]}) == {
        "orderId": ["Order id must have at most 3 characters"],
        "lines.0.unitPrice": ["Unit price must be at least 0"],
        "lines.1.unitPrice": ["Unit price must have at most 2 decimals"],
    }
    assert refused({"orderId": "a", "lines": [{"unitPrice": 1}] * 3}) == {
        "lines": ["Lines must have at most 2 entries"]
    }


class Settings(ConfigModel):
    """Something an owner sets, with sentences of its own."""

    cups: Annotated[int, Whole("Cups", 1, 9)]


def test_a_sentence_of_a_config_is_taken_as_it_is() -> None:
    with pytest.raises(ValidationErrors) as caught:
        parsed(Settings, {"cups": 10})
    assert caught.value.errors == {"cups": ["Cups must be between 1 and 9"]}


def test_keys_are_camel_case_alone() -> None:
    assert set(refused({"order_id": "a"})) == {"orderId", "order_id"}


def test_a_sound_body_is_its_model() -> None:
    assert parsed(Order, {"orderId": "a", "lines": [{"unitPrice": "2.50"}]}).lines[0].unit_price == Decimal("2.50")


def test_a_key_is_called_what_people_call_it() -> None:
    assert (label("unitPrice"), label("1"), label("name")) == ("Unit price", "Entry 2", "Name")


def test_a_key_of_odd_digits_is_a_key_and_no_place() -> None:
    assert (label("0"), label("³"), label("unitPrice")) == ("Entry 1", "³", "Unit price")
