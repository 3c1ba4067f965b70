"""Snapshots: one row a day for each program and the business, the same however often they are written."""

from __future__ import annotations

from datetime import datetime, time, timedelta
from decimal import Decimal
from uuid import UUID
from zoneinfo import ZoneInfo

import pytest
from sqlalchemy import select

from app.core import clock
from app.core.unit_of_work import session, unit_of_work
from app.domain.localtime import local_day
from app.jobs.snapshots import write_snapshots as night
from app.models.voucher import Voucher
from app.queries.program_page import program_figures
from app.queries.trends import newest_snapshot, written_days
from app.services.program_stats import fold_program_stats
from app.services.snapshots import write_snapshots
from app.services.voucher_use import redeem_voucher
from tests.factories.businesses import Shop
from tests.factories.programs import owner_of
from tests.factories.trade import join, live_points, live_punch_card, sell

pytestmark = pytest.mark.usefixtures("one_instant")

KYIV = ZoneInfo("Europe/Kyiv")


def test_a_new_business_gets_every_day_of_its_past(cafe: Shop) -> None:
    points, card = open_shop(cafe)
    cleo, novak = join(cafe, "Cleo"), join(cafe, "Novak")
    for back in (40, 3, 2):
        sell(cafe, cleo, "10", occurredAt=ago(back))
    sell(cafe, novak, "25", occurredAt=ago(2))
    redeem(cafe, card, ago(1))
    assert write(cafe) > 0
    with unit_of_work(cafe.id):
        days, business = written_days(points), written_days(None)
        vouchers, kept = newest_snapshot(card), program_figures(points)
    assert len(days) == len(business) == 40
    newest = days[max(days)]
    assert vouchers is not None
    assert {name: newest[name] for name in ("total_points_issued", "total_points_outstanding", "earned_members")} == {
        "total_points_issued": 110,
        "total_points_outstanding": kept["outstanding"],
        "earned_members": 2,
    }
    assert (newest["total_spending"], newest["active_members"], newest["average_member_points"]) == (5500, 2, 55)
    assert (vouchers["vouchers_issued"], vouchers["vouchers_redeemed"]) == (1, 1)
    assert (vouchers["redeemed_members"], vouchers["redemption_rate"]) == (1, Decimal("50.00"))
    assert [business[day]["visits"] for day in sorted(business)][-3:] == [1, 2, 0]


def test_a_member_who_stays_away_is_churned_once_and_comes_back(cafe: Shop) -> None:
    open_shop(cafe)
    cleo = join(cafe, "Cleo")
    for back in (50, 45, 5):
        sell(cafe, cleo, "10", occurredAt=ago(back))
    write(cafe)
    with unit_of_work(cafe.id):
        days = written_days(None)
    today = max(days) + timedelta(days=1)
    active = {50: 1, 46: 1, 16: 1, 15: 0, 6: 0, 5: 1, 1: 1}
    assert {back: days[today - timedelta(days=back)]["active_members"] for back in active} == active
    assert [today - day for day in days if days[day]["churned_members"]] == [timedelta(days=15)]


def test_the_same_day_written_twice_is_the_same_row(cafe: Shop) -> None:
    points, _ = open_shop(cafe)
    sell(cafe, join(cafe, "Cleo"), "10", occurredAt=ago(2))
    write(cafe)
    with unit_of_work(cafe.id):
        first = written_days(points)
    assert write(cafe) == 0
    night(str(cafe.id))
    with clock.frozen(tomorrow()):
        assert write(cafe) > 0
        assert write(cafe) == 0
    with unit_of_work(cafe.id):
        again = written_days(points)
    assert {day: again[day] for day in first} == first
    assert len(again) == len(first) + 1


def test_a_late_purchase_puts_its_own_day_right_in_the_next_night(cafe: Shop) -> None:
    points, _ = open_shop(cafe)
    cleo = join(cafe, "Cleo")
    sell(cafe, cleo, "10", occurredAt=ago(9))
    write(cafe)
    sell(cafe, cleo, "10", occurredAt=ago(20))
    with clock.frozen(tomorrow()):
        write(cafe)
    with unit_of_work(cafe.id):
        days = written_days(points)
    assert len(days) == 21
    assert [days[day]["total_points_issued"] for day in sorted(days)][10:13] == [20, 40, 40]


def test_dora_s_days_hold_nothing_of_the_cafe(cafe: Shop, florist: Shop) -> None:
    points, _ = open_shop(cafe)
    sell(cafe, join(cafe, "Cleo"), "10", occurredAt=ago(2))
    write(cafe)
    assert write(florist) == 0
    with unit_of_work(florist.id):
        assert (written_days(points), written_days(None)) == ({}, {})


def open_shop(shop: Shop) -> tuple[UUID, UUID]:
    """Two programs that have been live for a hundred days; a punch card needs three."""
    since = ago(100).isoformat()
    return live_points(shop, startsAt=since), live_punch_card(shop, startsAt=since)


def ago(days: int) -> datetime:
    """Noon in Kyiv so many days ago: one UTC time of day is another local day before clocks changed. Never to come."""
    return min(clock.now(), datetime.combine(local_day(clock.now(), KYIV) - timedelta(days=days), time(12), KYIV))


def tomorrow() -> datetime:
    """Noon in Kyiv tomorrow: twenty-four hours from now are today still, or the day after, where clocks change."""
    return datetime.combine(local_day(clock.now(), KYIV) + timedelta(days=1), time(12), KYIV)


def write(shop: Shop) -> int:
    """Write what is missing, in a transaction of its own."""
    with unit_of_work(shop.id):
        return write_snapshots()


def redeem(shop: Shop, program_id: UUID, at: datetime) -> None:
    """Hand in every voucher of a program at an instant."""
    with clock.frozen(at), unit_of_work(shop.id):
        held = select(Voucher.code).where(Voucher.program_id == program_id, Voucher.status == "available")
        codes = list(session().scalars(held))
        assert codes
        for code in codes:
            redeem_voucher(code, None, owner_of(shop))
    with unit_of_work(shop.id):
        fold_program_stats()
