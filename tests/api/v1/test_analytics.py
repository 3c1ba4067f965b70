"""The dashboard and the analytics of a program: true figures, by the two definitions of the redemption rate."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date, timedelta

import pytest

from app.core import clock
from app.core.unit_of_work import unit_of_work
from app.domain.localtime import local_day
from app.queries.businesses import zone
from tests.api.v1.caller import ApiCaller
from tests.factories.businesses import Shop
from tests.factories.trade import join, live_points, sell
from tests.services.test_snapshots import ago, open_shop, redeem, write

SEED_FIELDS = {
    "totalPrograms",
    "activePrograms",
    "totalMembers",
    "activeMembers",
    "totalPointsOutstanding",
    "totalPointsRedeemed",
    "averagePointsPerMember",
    "redemptionRate",
    "recentMembers",
    "topMembers",
    "upcomingRewards",
    "tierDistribution",
    "programsByStatus",
    "membershipTrendLastMonth",
    "redemptionTrendLastMonth",
}
DASHBOARD = "/loyalty/dashboard"


@pytest.fixture(autouse=True)
def moment() -> Iterator[None]:
    """The clock stands, so that no day ends while its figures are read."""
    with clock.frozen(clock.now()):
        yield


def test_a_new_business_has_a_dashboard_of_zeros(alma: ApiCaller) -> None:
    found = alma.get(DASHBOARD)
    assert set(found) == SEED_FIELDS | {"redemptionRatePoints"}
    assert len(SEED_FIELDS) == 15
    assert (found["totalMembers"], float(found["redemptionRate"])) == (0, 0.0)


@pytest.mark.parametrize("has_snapshots", [False, True])
def test_the_dashboard_is_true_before_and_after_a_night(cafe: Shop, alma: ApiCaller, has_snapshots: bool) -> None:
    _, card = open_shop(cafe)
    cleo, novak = join(cafe, "Cleo"), join(cafe, "Novak")
    for back in (9, 8, 7):
        sell(cafe, cleo, "10", occurredAt=ago(back))
    if has_snapshots:
        assert write(cafe) > 0
    sell(cafe, novak, "50")
    redeem(cafe, card, clock.now())
    found = alma.get(DASHBOARD)
    assert (found["totalPrograms"], found["activePrograms"], found["programsByStatus"]["ACTIVE"]) == (2, 2, 2)
    assert (found["totalMembers"], found["activeMembers"]) == (2, 2)
    assert (found["totalPointsOutstanding"], found["averagePointsPerMember"]) == (160, 80)
    assert (float(found["redemptionRate"]), float(found["redemptionRatePoints"])) == (50.0, 0.0)
    assert [member["name"] for member in found["topMembers"]] == ["Cleo", "Novak"]
    assert [(m["spent"], m["points"]) for m in found["topMembers"]] == [("30.00", 60), ("50.00", 100)]
    assert {member["name"] for member in found["recentMembers"]} == {"Cleo", "Novak"}
    assert len(found["membershipTrendLastMonth"]) == (9 if has_snapshots else 0)


@pytest.mark.parametrize("has_snapshots", [False, True])
def test_the_series_of_a_program_adds_up_to_its_figures(cafe: Shop, alma: ApiCaller, has_snapshots: bool) -> None:
    points, _ = open_shop(cafe)
    cleo = join(cafe, "Cleo")
    if has_snapshots:
        for back in (60, 3, 2):
            sell(cafe, cleo, "10", occurredAt=ago(back))
        assert write(cafe) > 0
    sell(cafe, cleo, "25")
    found = alma.get(f"/loyalty/programs/{points}/analytics?from={today(cafe) - timedelta(days=90)}&to={today(cafe)}")
    issued = 110 if has_snapshots else 50
    assert (found["pointsIssued"], found["pointsOutstanding"], found["enrollments"]) == (issued, issued, 1)
    assert sum(day["pointsIssued"] for day in found["series"]) == issued
    assert sum(day["visits"] for day in found["series"]) == (4 if has_snapshots else 1)
    assert sum(day["joined"] for day in found["series"]) == 1
    assert (found["series"][-1]["date"], found["series"][-1]["spending"]) == (str(today(cafe)), "25.00")
    short = alma.get(f"/loyalty/programs/{points}/analytics")
    assert sum(day["pointsIssued"] for day in short["series"]) == (90 if has_snapshots else 50)


@pytest.mark.parametrize(
    "query", ["from=2026-03-02&to=2026-03-01", "from=2024-01-01&to=2026-01-01", "from=x", "userId=1"]
)
def test_a_range_that_makes_no_sense_is_refused(cafe: Shop, alma: ApiCaller, query: str) -> None:
    alma.get(f"/loyalty/programs/{live_points(cafe)}/analytics?{query}", expect=400)


def test_dora_and_ben_see_what_is_theirs(cafe: Shop, dora: ApiCaller, ben: ApiCaller) -> None:
    points, _ = open_shop(cafe)
    sell(cafe, join(cafe, "Cleo"), "10")
    dora.get(f"/loyalty/programs/{points}/analytics", expect=404)
    assert dora.get(DASHBOARD)["totalMembers"] == 0
    ben.get(DASHBOARD, expect=403)


def today(shop: Shop) -> date:
    """The local day of the business."""
    with unit_of_work(shop.id):
        return local_day(clock.now(), zone())
