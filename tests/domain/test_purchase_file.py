"""A row of somebody else's file becomes the purchase that it says, or one sentence about why it is none."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Any
from zoneinfo import ZoneInfo

import pytest

from app.domain.purchase_file import FileTerms, UnreadableRow, order_of, terms_problems
from app.domain.purchase_order import PurchaseOrder

COLUMNS = {"order_id": "No", "occurred_at": "When", "member": "Card", "amount": "Sum"}
ROW = {"No": "A-1", "When": "2026-03-28T10:15", "Card": "C-7", "Sum": "38.70", "Who": "", "What": "Hot Chocolate"}
NOW = datetime(2026, 5, 4, 12, tzinfo=UTC)


def terms(*, more: dict[str, str] | None = None, **said: Any) -> FileTerms:
    return FileTerms(COLUMNS | (more or {}), "machine", "UAH", ZoneInfo("Europe/Kyiv"), NOW, **said)


def read(file_terms: FileTerms, **cells: str) -> PurchaseOrder:
    order = order_of(ROW | cells, file_terms)
    assert order is not None
    return order


def test_a_mapping_names_every_field_it_needs_and_only_columns_of_the_file() -> None:
    assert terms_problems(COLUMNS, list(ROW)) == []
    broken = {"order_id": "No", "amount": "Total", "colour": "Who"}
    assert terms_problems(broken, list(ROW)) == [
        "There is no field colour; the fields are order_id, occurred_at, member, amount, member_name, item, category",
        "Map the field occurred_at to a column",
        "Map the field member to a column",
        "The file has no column Total",
    ]


def test_a_row_is_a_purchase_with_exact_money_at_a_local_wall_time() -> None:
    order = read(terms())
    assert (order.order_id, order.source, order.amount_minor, order.items) == ("A-1", "machine", 3870, [])
    assert order.occurred_at == datetime(2026, 3, 28, 8, 15, tzinfo=UTC)
    assert order.member.external_id == "C-7"


def test_an_item_has_a_category_of_its_own_or_the_one_of_its_name() -> None:
    assert read(terms(more={"item": "What"})).items == [["hot_chocolate", "1", 3870, "Hot Chocolate", None]]
    assert read(terms(more={"category": "What"})).items == [["hot chocolate", "1", 3870, None, None]]
    assert read(terms(more={"item": "What"}), What=" ").items == [[None, "1", 3870, None, None]]


def test_a_member_has_the_name_of_the_file_or_one_made_from_the_card() -> None:
    named = terms(more={"member_name": "Who"}, name_of=lambda card: f"Guest {card}")
    assert read(named).member.name == "Guest C-7"
    assert read(named, Who=" Cleo ").member.name == "Cleo"


def test_a_row_without_a_member_is_no_purchase_and_no_error() -> None:
    assert order_of(ROW | {"Card": "  "}, terms()) is None


def test_a_comma_is_a_decimal_point_only_where_the_file_has_decimal_commas() -> None:
    assert read(terms(has_decimal_comma=True), Sum="38,70").amount_minor == 3870
    with pytest.raises(UnreadableRow, match="Amount"):
        read(terms(), Sum="38,70")


def test_a_shift_keeps_the_wall_time_over_the_change_of_the_clocks() -> None:
    assert read(terms(shift_days=7)).occurred_at == datetime(2026, 4, 4, 7, 15, tzinfo=UTC)
    with_offset = {"When": "2026-03-28T08:15:00+00:00"}
    assert read(terms(), **with_offset).occurred_at == datetime(2026, 3, 28, 8, 15, tzinfo=UTC)
    assert read(terms(shift_days=7), **with_offset).occurred_at == datetime(2026, 4, 4, 7, 15, tzinfo=UTC)


UNREADABLE = [
    ({"When": "yesterday"}, 0, "'yesterday' is no time such as 2026-03-01T10:15"),
    ({"When": "9999-12-31T10:15"}, 7, "'9999-12-31T10:15' lies outside the calendar"),
    ({"No": ""}, 0, "Order id is missing"),
    ({"Sum": "38.701"}, 0, "Use at most 2 decimals"),
]


@pytest.mark.parametrize(("cells", "shift", "sentence"), UNREADABLE)
def test_a_row_that_cannot_be_read_says_why(cells: dict[str, str], shift: int, sentence: str) -> None:
    with pytest.raises(UnreadableRow) as refused:
        read(terms(shift_days=shift), **cells)
    assert sentence in str(refused.value)
