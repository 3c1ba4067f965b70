"""The judge checks itself: one purchase in one program, against cases worked out by hand from RULES section 3."""

from __future__ import annotations

from decimal import Decimal
from typing import Any

import pytest

from tests.oracle.small import (
    Figures,
    at,
    buy,
    codes,
    minor,
    one,
    points,
    punch,
    rule,
    run,
    spent,
    stamp,
    tier,
    till,
    visits,
)

WINE = {"pointsPerDollar": 10, "categoryMultipliers": {"wine": 2}}


def granted(program: Figures, *items: tuple[str | None, int, str], amount: str) -> int:
    return int(codes(one(program, buy("A", "2024-05-05", amount, *items)))[0][1])


def test_the_example_of_the_rules() -> None:
    """10 × (20 × 2 + 22.5) = 625."""
    assert granted(points(**WINE), ("wine", 1, "20.00"), ("food", 1, "22.50"), amount="42.50") == 625


def test_the_example_of_the_rules_with_a_tier_multiplier() -> None:
    """937.5 -> 937, once the tier is held: by the first purchase, of 200, which itself earns without it."""
    first = buy("A", "2024-05-05", "200")
    second = buy("B", "2024-05-06", "42.50", ("Wine ", 1, "20.00"), ("food", 1, "22.50"))
    figures = run([("purchases", [first, second])], points(**WINE), tier())["it"]
    assert codes(figures) == [(None, 2000), (None, 937)]


def test_a_discount_scales_the_items_and_a_rest_counts_once() -> None:
    # 30 + 10 listed, 20 paid: wine 15, food 5 -> 10 × (30 + 5)
    assert granted(points(**WINE), ("wine", 1, "30"), ("food", 1, "10"), amount="20") == 350
    # 10 of wine listed, 25 paid: 10 × (20 + 15)
    assert granted(points(**WINE), ("wine", 1, "10"), amount="25") == 350
    # thirds: 3 × 0.10 listed, 0.20 paid, all wine: exactly 10 × 0.4 = 4, no 3.999…
    assert granted(points(**WINE), *[("wine", 1, "0.10")] * 3, amount="0.20") == 4
    assert granted(points(**WINE), (None, 2, "5"), amount="10") == 100


@pytest.mark.parametrize(("how", "expected"), [("down", 2), ("nearest", 3), ("up", 3)])
def test_rounded_once_at_the_end(how: str, expected: int) -> None:
    """0.5 × 5 = 2.5."""
    assert granted(points(pointsPerDollar=Decimal("0.5"), rounding=how), amount="5") == expected


def test_points_minimum_is_reached_by_equality() -> None:
    config = points(minimumPurchaseAmount=20)
    assert codes(one(config, buy("A", "2024-05-05", "19.99"), buy("B", "2024-05-06", "20.00"))) == [
        ("below_minimum", 0),
        (None, 20),
    ]
    assert codes(one(config, buy("A", "2024-05-05", "0")))[0] == ("zero_amount", 0)


@pytest.mark.parametrize(
    ("bought", "last_instant", "first_instant_after"),
    [
        ("2025-01-31T23:59", "2025-02-28T23:59", "2025-03-01T00:00"),
        ("2024-01-31T08:00", "2024-02-29T23:59", "2024-03-01T00:00"),
        ("2024-04-30T08:00", "2024-05-30T23:59", "2024-05-31T00:00"),
    ],
)
def test_a_lot_expires_at_the_end_of_the_calendar_month_day(
    bought: str, last_instant: str, first_instant_after: str
) -> None:
    program, purchase = points(expirationMonths=1), buy("A", bought, "10")
    before, after = one(program, purchase, clock=last_instant), one(program, purchase, clock=first_instant_after)
    assert (before["active"], before["expired"]) == (10, 0)
    assert (after["active"], after["expired"], after["lifetime"]) == (0, 10, 10)


def test_pending_until_the_start_of_the_third_local_day() -> None:
    program = points(pendingDays=3)
    days = [buy(day, f"2025-03-{day}T23:59", "10") for day in ("20", "21", "22", "23")]
    figures = one(program, *days)
    assert (figures["active"], figures["pending"]) == (20, 20)
    # across the change to summer time, on 30 March
    assert one(program, buy("A", "2025-03-28", "10"), clock="2025-03-30T23:59")["pending"] == 10
    assert one(program, buy("A", "2025-03-28", "10"), clock="2025-03-31T00:00")["active"] == 10


def test_a_cap_grants_what_is_left_of_the_local_day() -> None:
    program = points() | {"caps": [{"unit": "points", "max": 150, "per": "day"}]}
    times = [("A", "2024-05-05T00:00"), ("B", "2024-05-05T10:00"), ("C", "2024-05-05T23:59"), ("D", "2024-05-06T00:00")]
    figures = one(program, *[buy(order_id, when, "100") for order_id, when in times])
    assert codes(figures) == [(None, 100), (None, 50), ("member_cap_reached", 0), (None, 100)]
    assert figures["purchases"]["B"]["uncapped"] == 100


@pytest.mark.parametrize(
    ("time", "inside"),
    [("21:59", False), ("22:00", True), ("23:59", True), ("00:00", True), ("11:59", True), ("12:00", False)],
)
def test_hours_from_22_to_12_run_over_midnight(time: str, inside: bool) -> None:
    figures = one(punch(validHours={"start": 22, "end": 12}), buy("A", f"2024-05-05T{time}", "10"))
    assert codes(figures) == [(None, 1) if inside else ("outside_valid_hours", 0)]


@pytest.mark.parametrize(("time", "inside"), [("07:59", False), ("08:00", True), ("23:59", True)])
def test_hours_to_24(time: str, inside: bool) -> None:
    figures = one(punch(validHours={"start": 8, "end": 24}), buy("A", f"2024-05-05T{time}", "10"))
    assert codes(figures) == [(None, 1) if inside else ("outside_valid_hours", 0)]


def test_punch_minimum_is_tested_on_the_scaled_items_of_the_filter() -> None:
    program = punch(categoryFilter="coffee", minimumPurchaseAmount=25, validHours={"start": 8, "end": 9})
    cases = [
        buy("A", "2024-05-01T08:00", "60", ("coffee", 1, "25"), ("cake", 1, "35")),
        buy("B", "2024-05-02T08:00", "60", ("coffee", 1, "24.99"), ("cake", 1, "35.01")),
        buy("C", "2024-05-03T08:00", "30", ("coffee", 1, "50"), ("cake", 1, "10")),  # scaled: exactly 25
        buy("D", "2024-05-04T08:00", "29.99", ("coffee", 1, "50"), ("cake", 1, "10")),
        buy("E", "2024-05-05T08:00", "60", ("cake", 1, "60")),
        buy("F", "2024-05-06T08:00", "60"),
        buy("G", "2024-05-07T09:00", "60", (" Coffee", 1, "60")),
    ]
    assert codes(one(program, *cases)) == [
        (None, 1),
        ("below_minimum", 0),
        (None, 1),
        ("below_minimum", 0),
        ("category_not_matched", 0),
        ("category_not_matched", 0),
        ("outside_valid_hours", 0),
    ]


def test_the_first_punch_card_starts_endowed_and_the_next_at_0() -> None:
    four = [buy(f"A{n}", f"2024-05-0{n}", "10") for n in range(1, 5)]
    figures = one(punch(required=3, endowedStart=1), *four)
    assert (figures["issued"], figures["punches"]) == (1, 2)
    assert [row["vouchers"] for row in figures["purchases"].values()] == [0, 1, 0, 0]
    assert one(punch(required=3, endowedStart=1, validHours={"start": 1, "end": 2}), *four)["punches"] == 1


def test_till_punches_meet_the_conditions_and_are_no_money() -> None:
    punches = till("T", "2024-05-05", 5)
    figures = one(punch(required=3, categoryFilter="coffee", minimumPurchaseAmount=25), punches)
    assert (figures["issued"], figures["punches"]) == (1, 2)
    assert codes(one(points(), punches))[0][1] == codes(one(spent(10), punches))[0][1] == 0
    assert one(visits(2, 5), punches)["unused_at_last_visit"] == 1
    assert one(stamp(9, "per_visit", 2), punches)["stamps"] == 2


def test_stamps_per_dollar_round_down_for_each_purchase_and_carry() -> None:
    # 0.07 × 38.70 = 2.709, 0.07 × 14.28 = 0.9996, 0.07 × 100 = 7 exactly
    figures = one(stamp(8, "per_dollar", Decimal("0.07")), *[
        buy("A", "2024-05-01", "38.70"),
        buy("B", "2024-05-02", "14.28"),
        buy("C", "2024-05-03", "100"),
        buy("D", "2024-05-04", "300"),  # 21
    ])  # fmt: skip
    assert [quantity for _, quantity in codes(figures)] == [2, 0, 7, 21]
    assert [row["vouchers"] for row in figures["purchases"].values()] == [0, 0, 1, 2]
    assert (figures["issued"], figures["stamps"]) == (3, 6)


def test_stamps_per_item_and_per_visit() -> None:
    basket = buy("A", "2024-05-01", "50", ("coffee", 3, "10"), ("cake", 1, "20"))
    assert one(stamp(50, "per_item", Decimal("1.5")), basket)["stamps"] == 6
    assert one(stamp(50, "per_item", Decimal("1.5"), categoryFilter="coffee"), basket)["stamps"] == 4
    assert one(stamp(50, "per_item", 1), buy("A", "2024-05-01", "50"))["stamps"] == 1
    same_day = [buy("A", "2024-05-01T08:00", "5"), buy("B", "2024-05-01T23:59", "5"), buy("C", "2024-05-02T00:00", "5")]
    assert one(stamp(50, "per_visit", 2), *same_day)["stamps"] == 4


@pytest.mark.parametrize(
    ("config", "vouchers", "in_period"),
    [
        ({"resetPeriod": "monthly"}, 1, "200"),
        ({"resetPeriod": "quarterly"}, 3, "700"),
        ({"resetPeriod": "quarterly", "repeatable": False}, 2, "700"),
        ({"resetPeriod": "yearly"}, 3, "950"),
        ({}, 4, "1150"),
        ({"repeatable": False}, 1, "1150"),
    ],
)
def test_spend_by_calendar_period(config: dict[str, Any], vouchers: int, in_period: str) -> None:
    purchases = [
        buy("A", "2023-12-31T23:59", "200"),
        buy("B", "2024-01-01T00:00", "200"),
        buy("C", "2024-03-31T23:59", "50"),  # first quarter of 2024: 250, one voucher
        buy("D", "2024-04-01T00:00", "200"),
        buy("E", "2024-05-01T00:00", "300"),
        buy("F", "2024-06-30T23:59", "200"),  # second quarter: 700, two vouchers
    ]
    figures = one(spent(250, **config), *purchases, clock="2024-06-30T23:59")
    assert (figures["issued"], figures["spent"]) == (vouchers, minor(in_period))


def test_a_voucher_runs_out_at_the_end_of_its_last_day() -> None:
    """Due on 1 January + 60 days = 2 March 2025, to the end of that day."""
    program, purchase = spent(250, rewardExpiresAfterDays=60), buy("A", "2025-01-01T09:00", "250")
    assert one(program, purchase, clock="2025-03-02T23:59")["open"] == 1
    assert one(program, purchase, clock="2025-03-03T00:00")["expired"] == 1


def days(*texts: str) -> list[Any]:
    return [buy(text, f"2024-{text}", "10") for text in texts]


@pytest.mark.parametrize(
    ("bought", "issued", "unused"),
    [
        (("05-01", "05-02", "05-14"), 1, 0),  # 14 days, both ends included
        (("05-01", "05-02", "05-15"), 0, 2),
        (("05-01", "05-02", "05-03", "05-04", "05-05", "05-06"), 2, 0),
        (("05-01", "05-02", "05-03", "05-16", "05-17"), 1, 2),  # 1..3 May are used
    ],
)
def test_visits_in_a_window(bought: tuple[str, ...], issued: int, unused: int) -> None:
    figures = one(visits(3, 14), *days(*bought))
    assert (figures["issued"], figures["unused_at_last_visit"]) == (issued, unused)


def test_several_purchases_of_a_local_day_are_one_visit() -> None:
    figures = one(visits(2, 14), buy("A", "2024-05-01T00:00", "1"), buy("B", "2024-05-01T23:59", "1"))
    assert (figures["issued"], [quantity for _, quantity in codes(figures)]) == (0, [1, 0])


@pytest.mark.parametrize(
    ("bought", "issued", "run_length"),
    [
        (("05-01", "05-02", "05-03"), 1, 0),
        (("05-01", "05-02", "05-04"), 0, 1),
        (("05-01", "05-02", "05-03", "05-04", "05-05"), 1, 2),  # the next run starts with the next day
        (("08-22", "08-23", "08-25"), 1, 0),  # the blackout date between them breaks nothing
        (("08-22", "08-23", "08-24", "08-25"), 1, 0),  # nor is it a visit
        (("08-22", "08-23", "08-24"), 0, 2),
        (("08-22", "08-23", "08-26"), 0, 1),
    ],
)
def test_streaks(bought: tuple[str, ...], issued: int, run_length: int) -> None:
    figures = one(visits(3, 7, consecutive=True, blackoutDates=["2024-08-24"]), *days(*bought))
    assert (figures["issued"], figures["unused_at_last_visit"]) == (issued, run_length)


def test_a_streak_stays_inside_the_window() -> None:
    """Three visits over a blackout date take four calendar days."""
    program = visits(3, 3, consecutive=True, blackoutDates=["2024-08-24"])
    assert one(program, *days("08-22", "08-23", "08-25"))["issued"] == 0
    assert one(program, *days("08-22", "08-23", "08-25", "08-26", "08-27"))["issued"] == 1


@pytest.mark.parametrize(
    ("clock", "alive"), [("2024-05-02T23:00", 2), ("2024-05-03T23:59", 2), ("2024-05-04T00:00", 0)]
)
def test_a_run_is_alive_until_a_day_is_missed(clock: str, alive: int) -> None:
    assert one(visits(3, 7, consecutive=True), *days("05-01", "05-02"), clock=clock)["unused"] == alive


def test_cashback_brackets_rounding_and_maximum() -> None:
    rates = [{"minimumAmount": 0, "ratePercent": 1}, {"minimumAmount": 30, "ratePercent": Decimal("2.5")},
             {"minimumAmount": 38, "ratePercent": 5}]  # fmt: skip
    program = rule("CASH_BACK", {"rates": rates, "maximumPerPurchase": Decimal("1.5")})
    amounts = {"0.99": 0, "29.99": 29, "30.00": 75, "37.99": 94, "38.00": 150, "35.76": 89}
    figures = one(program, *[buy(a, f"2024-05-0{n}", a) for n, a in enumerate(amounts, 1)])
    assert {order: row["granted"] for order, row in figures["purchases"].items()} == amounts
    assert (figures["earned"], figures["paid"], figures["pending"]) == (437, 0, 437)


def test_of_an_exclusive_group_the_first_that_yields() -> None:
    cards = punch(categoryFilter="coffee") | {"exclusiveGroup": "cards", "key": "punch"}
    dollars = stamp(8, "per_dollar", 1) | {"exclusiveGroup": "cards", "key": "stamp", "priority": 2}
    bought = [buy("A", "2024-05-01", "2", ("coffee", 1, "2")), buy("B", "2024-05-02", "2", ("tea", 1, "2"))]
    both = run([("purchases", bought)], dollars, cards)
    assert codes(both["punch"]) == [(None, 1), ("category_not_matched", 0)]
    assert codes(both["stamp"]) == [("excluded_by_priority", 0), (None, 2)]


def test_not_live_before_the_start() -> None:
    program = points() | {"startsAt": at("2024-03-01T00:00")}
    before, first = buy("A", "2024-02-29T23:59", "10"), buy("B", "2024-03-01T00:00", "10")
    assert codes(one(program, before, first)) == [("program_not_live", 0), (None, 10)]
