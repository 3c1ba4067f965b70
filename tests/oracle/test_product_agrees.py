"""The product against the judge: every member's figures in all eight programs, at the judge's clock."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

import pytest
from flask import Flask

from app.core import clock
from tests.oracle import scenarios
from tests.oracle.model import Arrival, Refund, instant
from tests.oracle.oracle import compute
from tests.oracle.product import open_kava
from tests.oracle.product_books import Books
from tests.oracle.product_figures import figures_of
from tests.oracle.scenarios import CLOCK

pytestmark = pytest.mark.timeout(600)

Expected = dict[str, dict[str, dict[str, Any]]]

SHORT = ["base", "disturbed", "every fifth card, shuffled 1", "every fifth card, shuffled 2"]
LONG = [f"shuffled {n}" for n in range(1, 11)]
TRIALS = [*SHORT, *(pytest.param(name, marks=pytest.mark.long) for name in LONG)]
NOTHING: tuple[Any, ...] = (0, None, [])
FIGURES = ("lifetime", "issued", "punches", "stamps", "spent", "visit_days", "metric", "history", "earned")


@dataclass(frozen=True)
class Trial:
    """One scenario, gone through by both."""

    name: str
    expected: Expected
    books: Books

    def differences(self, *keys: str) -> dict[str, Any]:
        """{figure: how many members differ, and the first three with (card, product, judge)}."""
        found: dict[str, list[Any]] = defaultdict(list)
        for card, by_program in sorted(self.expected.items()):
            for key in keys:
                said = figures_of(self.books, card, key, CLOCK)
                for figure, value in wanted(key, by_program[key], said).items():
                    if said.get(figure) != value:
                        found[f"{key} {figure}"].append((card, said.get(figure), value))
        return {figure: (len(cases), cases[:3]) for figure, cases in found.items()}


@pytest.fixture(scope="module", params=TRIALS)
def trial(request: pytest.FixtureRequest, app: Flask) -> Iterator[Trial]:
    """Feed the scenario to both; the product's clock stands where the judge's does."""
    with app.app_context(), clock.frozen(CLOCK):
        arrivals = arrivals_of(request.param)
        kava = open_kava()
        kava.take(arrivals)
        yield Trial(request.param, compute(arrivals, scenarios.load_programs(), CLOCK), Books(kava))


def test_points_are_the_judge_s(trial: Trial) -> None:
    assert trial.differences("points") == {}


def test_punches_stamps_and_their_vouchers_are_the_judge_s(trial: Trial) -> None:
    assert trial.differences("punch", "stamp") == {}


def test_spending_visits_streaks_and_their_vouchers_are_the_judge_s(trial: Trial) -> None:
    assert trial.differences("spent", "visits", "streak") == {}


def test_tiers_with_their_history_are_the_judge_s(trial: Trial) -> None:
    assert trial.differences("tier") == {}


def test_cashback_is_the_judge_s(trial: Trial) -> None:
    assert trial.differences("cashback") == {}


def arrivals_of(name: str) -> list[Arrival]:
    """The arrivals of a scenario by its name; members do not touch each other, so a part of them is a fair trial."""
    kind, _, number = name.rpartition(" ")
    if kind == "shuffled":
        return scenarios.shuffled(int(number))
    if number.isdigit():
        return [part for part in map(_every_fifth_card, scenarios.shuffled(int(number))) if part[1]]
    return scenarios.base() if name == "base" else scenarios.disturbed()


def wanted(key: str, judged: dict[str, Any], said: dict[str, Any]) -> dict[str, Any]:
    """The judge's figures that the product has too, in its terms; who is not enrolled must have earned nothing."""
    if not said:
        return {figure: judged[figure] for figure in FIGURES if judged.get(figure) not in NOTHING}
    found = {figure: value for figure, value in judged.items() if figure in said}
    if key == "points":  # what was refunded of an expired lot stays in the product's ledger, as earned and expired
        found["lifetime"] = judged["lifetime"] + judged["taken_after_expiry"]
    if key == "tier":
        found["history"] = [(instant(at), name) for at, name in judged["history"]]
    return found


def _every_fifth_card(arrival: Arrival) -> Arrival:
    kind, content = arrival
    assert kind == "purchases" and not isinstance(content, Refund)
    return (kind, [purchase for purchase in content if purchase.member.endswith(("3", "8"))])
