"""How long wrong PINs lock, which settings count, and when something happened by our clock."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import Any
from uuid import UUID

import pytest

from app.domain.body import parsed
from app.domain.errors import ValidationErrors
from app.domain.till import TillSettings, happened_at, lock_after, till_settings
from app.domain.till_body import TillItemBody

NOON = datetime(2025, 3, 24, 12, tzinfo=UTC)
WHO = {"memberId": str(UUID(int=2)), "staffId": str(UUID(int=3))}
ITEM = {"id": str(UUID(int=1)), **WHO, "occurredAt": "2025-03-24T11:00:00Z"}


@pytest.mark.parametrize(
    ("failures", "minutes"), [(1, None), (4, None), (5, 15), (6, 30), (7, 60), (8, 120), (12, 1440), (10_000, 1440)]
)
def test_five_wrong_pins_lock_and_each_further_one_twice_as_long_up_to_a_day(
    failures: int, minutes: int | None
) -> None:
    assert lock_after(failures) == (None if minutes is None else timedelta(minutes=minutes))


@pytest.mark.parametrize(
    ("kept", "found"),
    [
        ({}, TillSettings("15min", 0)),
        ({"till": {"autoLock": "2min", "offlineRewards": 3}}, TillSettings("2min", 3)),
        ({"till": {"autoLock": "never", "offlineRewards": 99}}, TillSettings("15min", 0)),
        ({"till": "odd"}, TillSettings("15min", 0)),
    ],
)
def test_settings_that_are_missing_or_odd_count_as_not_set(kept: dict[str, Any], found: TillSettings) -> None:
    assert till_settings(kept) == found


def test_only_a_till_that_locks_after_each_sale_ends_a_sign_in_by_it() -> None:
    assert TillSettings("sale").after_sale == timedelta(seconds=15)
    assert TillSettings("2min").after_sale is None
    assert TillSettings("2min").idle == timedelta(minutes=2)


def test_what_happened_is_corrected_and_never_in_the_future() -> None:
    assert happened_at(NOON - timedelta(hours=4), timedelta(hours=3), NOON) == NOON - timedelta(hours=1)
    assert happened_at(NOON + timedelta(hours=4), timedelta(0), NOON) == NOON


def test_an_item_is_the_purchase_whose_order_id_it_made() -> None:
    punch = parsed(TillItemBody, {**ITEM, "kind": "punch", "count": 3}).purchase(NOON)
    assert punch == {
        "orderId": ITEM["id"],
        "source": "till",
        "memberId": ITEM["memberId"],
        "kind": "punch",
        "occurredAt": "2025-03-24T12:00:00+00:00",
        "count": 3,
    }
    sale = parsed(TillItemBody, {**ITEM, "kind": "sale", "amount": "4.50", "category": "latte"}).purchase(NOON)
    assert (str(sale["amount"]), sale["items"][0]["category"]) == ("4.50", "latte")


@pytest.mark.parametrize("wrong", [{"count": 0}, {"count": 6}, {"occurredAt": "2025-03-24T11:00:00"}, {"phone": "067"}])
def test_an_item_that_cannot_be_is_refused(wrong: dict[str, Any]) -> None:
    with pytest.raises(ValidationErrors):
        parsed(TillItemBody, {**ITEM, "kind": "punch", **wrong})
