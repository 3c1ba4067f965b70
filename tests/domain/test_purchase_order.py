"""What a purchase says when it is recorded: every violation at once, and exact money."""

from datetime import UTC, datetime, timedelta
from decimal import Decimal
from typing import Any

import pytest

from app.domain.errors import ValidationErrors
from app.domain.purchase_order import PurchaseOrder, read_order

NOW = datetime(2026, 5, 4, 12, tzinfo=UTC)
SOUND: dict[str, Any] = {"orderId": "1", "member": {"phone": "050"}, "amount": "5.00"}


def read(**changes: Any) -> PurchaseOrder:
    raw = {key: value for key, value in {**SOUND, **changes}.items() if value != "left out"}
    return read_order(raw, currency="UAH", now=NOW)


def refused(**changes: Any) -> set[str]:
    with pytest.raises(ValidationErrors) as caught:
        read(**changes)
    return set(caught.value.errors)


def test_money_becomes_minor_units_and_categories_their_key() -> None:
    order = read(items=[{"category": " Wine ", "quantity": "1.5", "unitPrice": 2, "name": "Red"}])
    assert order.amount_minor == 500
    assert order.items == [["wine", "1.5", 200, "Red", None]]


def test_only_what_was_sent_is_compared_later() -> None:
    assert set(read().sent) == {"amount"}
    assert set(read(occurredAt="2026-05-04T10:00:00Z", items=[]).sent) == {"amount", "occurred_at", "items"}


@pytest.mark.parametrize(
    ("changes", "fields"),
    [
        ({"member": "left out"}, {"member"}),
        ({"memberId": "01990000-0000-7000-8000-000000000000"}, {"member"}),
        ({"member": {"phone": "1", "email": "a@x.com"}}, {"member"}),
        ({"amount": "left out"}, {"amount"}),
        ({"amount": Decimal("NaN")}, {"amount"}),
        ({"amount": Decimal("1e99")}, {"amount"}),
        ({"amount": "100000000.00"}, {"amount"}),
        ({"kind": "gift", "amount": "left out"}, {"kind"}),
        ({"kind": "punch"}, {"amount"}),
        ({"kind": "punch", "amount": "left out", "items": [{"quantity": 1, "unitPrice": 1}]}, {"items"}),
        ({"occurredAt": (NOW + timedelta(minutes=6)).isoformat()}, {"occurredAt"}),
        ({"occurredAt": "0001-01-01T00:00:00+14:00"}, {"occurredAt"}),
        ({"items": [{"quantity": 1, "unitPrice": "0.001"}]}, {"items.0.unitPrice"}),
        ({"orderId": "", "amount": "1.234", "member": {}, "colour": 1}, {"orderId", "amount", "member", "colour"}),
        ({"amount": "x", "currency": "USD", "count": 6}, {"amount", "currency", "count"}),
    ],
)
def test_every_violation_is_named_and_no_other(changes: dict[str, Any], fields: set[str]) -> None:
    assert refused(**changes) == fields


def test_a_punch_needs_no_amount() -> None:
    order = read(kind="punch", count=2, amount="left out")
    assert (order.kind, order.count, order.amount_minor) == ("punch", 2, 0)
