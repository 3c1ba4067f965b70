"""The judge checks itself: refunds, tiers, late purchases and orders of arrival (RULES sections 2, 3 and 4)."""

from __future__ import annotations

from decimal import Decimal

import pytest

from tests.oracle.model import Arrival, Purchase
from tests.oracle.small import Figures, at, back, buy, codes, one, points, punch, rule, run, spent, stamp, tier, visits


def arriving(*purchases: Purchase) -> Arrival:
    return ("purchases", list(purchases))


def tiers_of(figures: Figures) -> list[tuple[str, str | None]]:
    return [(moment.strftime("%Y-%m-%dT%H:%M"), name) for moment, name in figures["history"]]


# --- refunds -------------------------------------------------------------------------------------------------------


def test_points_come_back_from_their_lot() -> None:
    bought = [buy("A", "2025-03-01", "100"), buy("B", "2025-03-22", "50")]
    program = points(pendingDays=3)
    figures = run([arriving(*bought), back("A", "40"), back("B", "50"), back("A", "20")], program)["it"]
    assert (figures["active"], figures["pending"], figures["owed"], figures["lifetime"]) == (40, 0, 0, 40)


def test_a_refund_tests_the_minimum_again() -> None:
    figures = run([arriving(buy("A", "2025-03-01", "30")), back("A", "11")], points(minimumPurchaseAmount=20))["it"]
    assert (figures["active"], figures["granted"]) == (0, 30)


def test_refunded_items_are_taken_out_of_the_basket() -> None:
    """wine × 2, 40 listed and 20 paid: 10 × (15 × 2 + 5) = 350; without one of two wines (7.50) 10 × (7.5 × 2 + 5)."""
    program = points(pointsPerDollar=10, categoryMultipliers={"wine": 2})
    basket = buy("A", "2025-03-01", "20", ("wine", 2, "15"), ("food", 1, "10"))
    arrivals = [arriving(basket), back("A", "7.50", "2025-03-24T00:00", (0, 1))]
    assert run(arrivals, program)["it"]["active"] == 200
    assert run([arriving(basket), back("A", "10")], program)["it"]["active"] == 175


def test_what_the_cap_cut_off_is_taken_back_first() -> None:
    program = points() | {"caps": [{"unit": "points", "max": 150, "per": "day"}]}
    bought = arriving(buy("A", "2025-03-01", "200"))
    assert run([bought, back("A", "50")], program)["it"]["active"] == 150
    assert run([bought, back("A", "60")], program)["it"]["active"] == 140
    late = arriving(buy("L", "2025-03-01T13:00", "100"))  # 10 of the cap were given back
    figures = run([bought, back("A", "60"), late], program)["it"]
    assert (figures["active"], figures["purchases"]["L"]["granted"]) == (150, 10)


def test_expired_points_count_as_taken() -> None:
    program = points(expirationMonths=2)
    bought = arriving(buy("A", "2025-01-15", "100"), buy("B", "2025-03-01", "10"))
    figures = run([bought, back("A", "100", "2025-03-16T00:00")], program)["it"]
    assert (figures["active"], figures["expired"], figures["owed"], figures["lifetime"]) == (10, 100, 0, 10)
    figures = run([bought, back("A", "100", "2025-03-15T23:59")], program)["it"]
    assert (figures["active"], figures["expired"], figures["owed"], figures["lifetime"]) == (10, 0, 0, 10)


def test_punches_count_then_owe() -> None:
    bought = [buy(f"A{n}", f"2024-05-0{n}", "10") for n in range(1, 5)]
    figures = run([arriving(*bought), back("A1", "10")], punch(3))["it"]
    assert (figures["issued"], figures["revoked"], figures["punches"]) == (1, 0, 0)
    figures = run([arriving(*bought), back("A1", "10"), back("A2", "10")], punch(3))["it"]
    assert (figures["issued"], figures["revoked"], figures["punches"]) == (1, 1, 2)
    again = arriving(buy("B", "2024-05-09", "10"))
    figures = run([arriving(*bought), back("A1", "10"), back("A2", "10"), again], punch(3))["it"]
    assert (figures["issued"], figures["revoked"], figures["open"], figures["punches"]) == (2, 1, 1, 0)


def test_stamps_of_what_remains() -> None:
    figures = run([arriving(buy("A", "2024-05-01", "38.70")), back("A", "15")],
                  stamp(8, "per_dollar", Decimal("0.07")))["it"]  # fmt: skip
    assert figures["stamps"] == 1  # 0.07 × 23.70 = 1.659


def test_an_expired_voucher_stays_and_is_worked_off() -> None:
    program = spent(100, resetPeriod="quarterly", rewardExpiresAfterDays=30)
    first = arriving(buy("A", "2024-05-01", "100"))
    undone = [first, back("A", "100", "2024-07-01T00:00")]
    figures = run(undone, program, clock="2024-07-01T00:00")["it"]
    assert (figures["issued"], figures["revoked"], figures["expired"], figures["due"]) == (1, 0, 1, 0)
    figures = run([*undone, arriving(buy("B", "2024-07-02", "100"))], program)["it"]
    assert (figures["issued"], figures["due"]) == (1, 1)
    figures = run([*undone, arriving(buy("B", "2024-07-02", "100"), buy("C", "2024-07-03", "100"))], program)["it"]
    assert (figures["issued"], [v[0] for v in figures["vouchers"]]) == (2, ["A", "C"])


def test_the_newest_open_voucher_is_revoked() -> None:
    bought = [buy("A", "2024-05-01", "100"), buy("B", "2024-05-02", "100"), buy("C", "2024-05-03", "100")]
    figures = run([arriving(*bought), back("A", "100")], spent(100))["it"]
    assert [(v[0], v[3]) for v in figures["vouchers"]] == [("A", "open"), ("B", "open"), ("C", "revoked")]


def test_a_visit_stays_while_another_purchase_of_its_day_stands() -> None:
    bought = arriving(buy("A", "2024-05-01T08:00", "5"), buy("B", "2024-05-01T09:00", "5"), buy("C", "2024-05-02", "5"))
    assert run([bought, back("A", "5")], visits(2, 7))["it"]["open"] == 1
    assert run([bought, back("A", "5"), back("B", "5")], visits(2, 7))["it"]["open"] == 0
    assert run([bought, back("A", "4.99"), back("B", "4.99")], visits(2, 7))["it"]["open"] == 1


def test_cashback_is_cancelled_in_proportion() -> None:
    rates = [{"minimumAmount": 0, "ratePercent": 1}, {"minimumAmount": 50, "ratePercent": 5}]
    program = rule("CASH_BACK", {"rates": rates, "maximumPerPurchase": 3})
    figures = run([arriving(buy("A", "2025-03-01", "100")), back("A", "33.34"), back("A", "33.33")], program)["it"]
    assert (figures["earned"], figures["pending"], figures["pending_if_reevaluated"]) == (300, 99, 33)


def test_a_refund_decides_an_exclusive_group_again() -> None:
    cards = punch(minimumPurchaseAmount=20) | {"exclusiveGroup": "cards", "key": "punch"}
    dollars = stamp(8, "per_dollar", 1) | {"exclusiveGroup": "cards", "key": "stamp", "priority": 2}
    both = run([arriving(buy("A", "2024-05-01", "25")), back("A", "20")], cards, dollars)
    assert (both["punch"]["punches"], both["stamp"]["stamps"]) == (0, 5)


def test_a_refund_waits_for_its_purchase() -> None:
    assert run([back("A", "5"), arriving(buy("A", "2024-05-01", "15"))], points())["it"]["active"] == 10
    with pytest.raises(ValueError, match="unknown"):
        run([arriving(buy("A", "2024-05-01", "15")), back("B", "5")], points())
    with pytest.raises(ValueError, match="refund of"):
        run([arriving(buy("A", "2024-05-01", "15")), back("A", "10"), back("A", "5.01")], points())


# --- tiers ---------------------------------------------------------------------------------------------------------


def test_a_tier_rises_at_once_and_counts_from_the_next_purchase() -> None:
    bought = arriving(buy("A", "2024-05-01", "99.99"), buy("B", "2024-05-02", "100.01"), buy("C", "2024-05-02", "10"))
    figures = run([bought], points(), tier())
    assert [quantity for _, quantity in codes(figures["it"])] == [99, 100, 15]
    assert tiers_of(figures["tier"]) == [("2024-05-02T12:00", "Silver")]
    assert figures["tier"]["metric"] == 0  # of 2025


@pytest.mark.parametrize(
    ("grace", "enabled", "fall"), [(0, True, "2025-01-01T00:00"), (1, True, "2025-02-01T00:00"), (0, False, None)]
)
def test_a_tier_falls_after_the_year_that_did_not_earn_it(grace: int, enabled: bool, fall: str | None) -> None:
    bought = [buy("A", "2023-05-01", "200"), buy("B", "2024-05-01", "100")]
    history = tiers_of(one(tier(grace=grace, enabled=enabled), *bought))
    assert history[0] == ("2023-05-01T12:00", "Silver")
    assert history[1:] == ([(fall, "Bronze")] if fall else [])


def test_nothing_earned_in_a_year_falls_to_no_tier() -> None:
    figures = one(tier(), buy("A", "2023-05-01", "200"))
    assert tiers_of(figures) == [("2023-05-01T12:00", "Silver"), ("2025-01-01T00:00", None)]
    assert figures["tier"] is None


@pytest.mark.parametrize(("day", "kept"), [("2025-01-31T23:59", True), ("2025-02-01T00:00", False)])
def test_the_threshold_reached_again_in_the_grace_keeps_the_tier(day: str, kept: bool) -> None:
    history = tiers_of(one(tier(grace=1), buy("A", "2023-05-01", "200"), buy("B", day, "200")))
    assert (len(history) == 1) is kept
    if not kept:
        assert history[1:] == [("2025-02-01T00:00", None), ("2025-02-01T00:00", "Silver")]


def test_the_metric_starts_again_at_the_edge_of_a_quarter() -> None:
    bought = [buy("A", "2024-03-31T23:59", "99"), buy("B", "2024-04-01T00:00", "99"), buy("C", "2024-06-30T23:59", "1")]
    assert tiers_of(one(tier("quarterly", enabled=False), *bought)) == [("2024-06-30T23:59", "Bronze")]
    assert tiers_of(one(tier("yearly", enabled=False), *bought)) == [("2024-04-01T00:00", "Bronze")]


def test_a_refund_demotes_only_at_the_next_evaluation() -> None:
    bought = arriving(buy("A", "2024-05-01", "200"))
    refunded = [bought, back("A", "150", "2024-06-01")]
    before = run(refunded, tier(), clock="2024-12-31T23:59")["tier"]
    assert (before["tier"], before["metric"]) == ("Silver", 5000)
    assert run(refunded, tier(), clock="2025-01-01T00:00")["tier"]["tier"] is None
    too_late = [bought, back("A", "150", "2025-01-02")]  # the look at 2024 was on 1 January
    assert run(too_late, tier())["tier"]["tier"] == "Silver"


def test_the_multiplier_is_that_of_the_settling_and_is_kept_in_a_refund() -> None:
    first, second = buy("A", "2024-05-01", "200"), buy("B", "2024-05-02", "100")
    in_order = run([arriving(second, first)], points(), tier())
    assert in_order["it"]["active"] == 350
    turned = run([arriving(second), arriving(first)], points(), tier())
    assert turned["it"]["active"] == 300
    assert turned["tier"]["history"] == in_order["tier"]["history"]
    refunded = run([arriving(first, second), back("A", "200"), back("B", "50")], points(), tier())
    assert refunded["it"]["active"] == 75


# --- late purchases and vouchers -----------------------------------------------------------------------------------


def test_a_late_purchase_completes_the_quarter_it_occurred_in() -> None:
    program = spent(100, resetPeriod="quarterly", rewardExpiresAfterDays=60)
    settled = arriving(buy("A", "2024-05-01", "60"), buy("B", "2025-02-01", "100"))
    figures = run([settled, arriving(buy("L", "2024-04-02", "40"))], program)["it"]
    assert [(v[0], v[3]) for v in figures["vouchers"]] == [("B", "open"), ("A", "expired")]
    assert figures["purchases"]["L"]["vouchers"] == 1


def test_a_late_visit_joins_two_runs() -> None:
    program = visits(3, 7, consecutive=True)
    settled = arriving(buy("A", "2024-05-01", "5"), buy("B", "2024-05-03", "5"))
    assert run([settled, arriving(buy("L", "2024-05-02", "5"))], program)["it"]["issued"] == 1


def test_delivered_twice_happens_once() -> None:
    bought = arriving(buy("A", "2024-05-01", "60"))
    assert run([bought, bought], points())["it"]["active"] == 60


def test_the_same_minute_goes_by_order_id_and_summer_time_by_instants() -> None:
    figures = one(points(), buy("B", "2024-05-01", "1"), buy("A", "2024-05-01", "1"))
    assert list(figures["purchases"]) == ["A", "B"]
    early = buy("Z", "2024-10-27T03:30", "1")  # the first 03:30
    later = Purchase("A", at("2024-10-27T03:30").replace(fold=1), "m", 100)
    assert list(one(points(), later, early)["purchases"]) == ["Z", "A"]
