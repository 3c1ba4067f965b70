"""A year, day by day: each warning, end and fall comes once and on its day, though workers die and jobs run twice."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
from collections.abc import Iterable
from datetime import UTC, date, datetime, time, timedelta
from typing import Any, LiteralString
from uuid import UUID

import psycopg
import pytest
from flask import Flask

from app.core import clock
from app.core.unit_of_work import unit_of_work
from app.embedded.paths import PROJECT
from app.jobs import runtime
from app.jobs.expiry import expire_points
from app.jobs.tiers import keep_tiers
from app.jobs.vouchers import expire_vouchers
from app.services.programs import create_program
from tests.factories.businesses import Shop
from tests.factories.programs import owner_of
from tests.factories.rewards import free_coffee, redeem
from tests.factories.trade import activated, join, live_points, live_punch_card, sell
from tests.support.databases import Database, plain_url

pytestmark = pytest.mark.timeout(600)

FIRST, LAST = date(2027, 1, 4), date(2028, 1, 8)
MORNING, NOON = time(6, tzinfo=UTC), time(10, tzinfo=UTC)

SALES = {
    (1, 11): {"Cleo": "120.00", "Fay": "20.00"},
    (2, 1): {"Eve": "55.00"},
    (3, 1): {"Dan": "30.00"},
    (3, 20): {"Cleo": "5.00"},
    (5, 10): {"Cleo": "60.00"},
    (7, 20): {"Eve": "50.00"},
    (8, 5): {"Eve": "5.00"},
}
REDEMPTIONS = {(3, 10): "Dan", (5, 20): "Dan"}

DEATHS = {
    (3, 13): ("expiry.expire_points", "points_warnings.warn_of_points", "ENROLLMENTS_AT_ONCE"),
    (4, 12): ("expiry.expire_points", "expiry.expire_points", "LOTS_AT_ONCE"),
    (5, 24): ("vouchers.expire_vouchers", "voucher_expiry.warn_of_expiry", "VOUCHERS_AT_ONCE"),
    (5, 31): ("vouchers.expire_vouchers", "voucher_expiry.expire_vouchers", "VOUCHERS_AT_ONCE"),
    (7, 2): ("tiers.keep_tiers", "tier_keeping.warn_of_falls", "MEMBERS_AT_ONCE"),
    (8, 1): ("tiers.keep_tiers", "tier_keeping.keep_tiers", "MEMBERS_AT_ONCE"),
}
"""On these mornings a worker dies of the second step of a job, after its first one was committed."""

EXPIRED = {
    "Apr 12": [("Cleo", 240), ("Fay", 40)],
    "May 02": [("Eve", 110)],
    "Jun 02": [("Dan", 20)],
    "Jun 15": [("Dan", 20), ("Dan", 20)],
    "Jun 21": [("Cleo", 10)],
    "Aug 11": [("Cleo", 120)],
    "Oct 21": [("Eve", 100)],
    "Nov 06": [("Eve", 10)],
}
POINTS_MAILS = {
    "Mar 13": [("Cleo", 30, 240), ("Fay", 30, 40)],
    "Apr 02": [("Eve", 30, 110)],
    "Apr 05": [("Cleo", 7, 240), ("Fay", 7, 40)],
    "Apr 25": [("Eve", 7, 110)],
    "May 03": [("Dan", 30, 60)],
    "May 22": [("Cleo", 30, 10)],
    "May 26": [("Dan", 7, 20)],
    "May 31": [("Dan", 30, 40)],
    "Jun 08": [("Dan", 7, 40)],
    "Jun 14": [("Cleo", 7, 10)],
    "Jul 12": [("Cleo", 30, 120)],
    "Aug 04": [("Cleo", 7, 120)],
    "Sep 21": [("Eve", 30, 100)],
    "Oct 07": [("Eve", 30, 10)],
    "Oct 14": [("Eve", 7, 100)],
    "Oct 30": [("Eve", 7, 10)],
}
VOUCHER_MAILS = {
    "Mar 14": [("Dan", 7)],
    "Mar 20": [("Dan", 1)],
    "May 24": [("Cleo", 7), ("Dan", 7)],
    "May 30": [("Cleo", 1), ("Dan", 1)],
    "Aug 19": [("Eve", 7)],
    "Aug 25": [("Eve", 1)],
}
VOUCHERS_OVER = {"Mar 21": ["Dan"], "May 31": ["Cleo", "Dan"], "Aug 26": ["Eve"]}
FALLS = {
    "Jun 02": [("Eve", "Club", "Silver", None)],
    "Aug 01": [("Cleo", "Circle", "Family", "Friend")],
    "Sep 11": [("Cleo", "Club", "Gold", "Silver")],
    "Nov 01": [("Cleo", "Circle", "Friend", None)],
    "Dec 06": [("Eve", "Club", "Gold", "Silver")],
}
FALL_MAILS = {
    "May 03": [("Eve", "Club", "Silver", None, "2027-06-01")],
    "Jul 02": [
        ("Cleo", "Circle", "Family", "Friend", "2027-08-01"),
        ("Eve", "Circle", "Friend", None, "2027-08-01"),
    ],
    "Aug 12": [("Cleo", "Club", "Gold", "Silver", "2027-09-10")],
    "Oct 02": [("Cleo", "Circle", "Friend", None, "2027-11-01")],
    "Nov 06": [("Eve", "Club", "Gold", "Silver", "2027-12-05")],
    "Dec 12": [("Cleo", "Club", "Silver", None, "2028-01-10")],
    "Jan 02": [("Eve", "Circle", "Friend", None, "2028-02-01")],
}

TOLD = (EXPIRED, POINTS_MAILS, VOUCHER_MAILS, VOUCHERS_OVER, FALLS, FALL_MAILS)


class Year:
    """Café Alma from January to January: who is her member, what happened, and what a day brings."""

    def __init__(self, shop: Shop, database: Database) -> None:
        self.shop, self.database = shop, database
        with clock.frozen(_at(FIRST, MORNING) - timedelta(days=1)):
            live_points(shop, ruleConfig={"pointsPerDollar": 2, "redemptionRate": 50, "expirationMonths": 3})
            card = {"punchesRequired": 3, "rewardType": "free_item", "rewardValue": "coffee"}
            words = {"rewardDescription": "A free coffee", "rewardExpiresAfterDays": 20}
            live_punch_card(shop, ruleConfig=card | words)
            _ladder(shop, "Circle", "quarterly", ("Friend", "Family"), "quarterly", gracePeriodMonths=1)
            _ladder(shop, "Club", "yearly", ("Silver", "Gold"), "lifetime", inactivityMonths=4)
            self.reward = free_coffee(shop, voucherExpiresAfterDays=10)
            self.members = {
                name: join(shop, name, email=f"{name.lower()}@example.com") for name in ("Cleo", "Dan", "Eve", "Fay")
            }

    def morning(self, day: date) -> None:
        """What the scheduler rings for: each job, twice where there is work, and now and then a worker dies before."""
        at = _at(day, MORNING)
        if (day.month, day.day) in DEATHS and day.year == FIRST.year:
            self._die(at, *DEATHS[day.month, day.day])
        times = 2 if any(f"{day:%b %d}" in told for told in TOLD) else 1
        with clock.frozen(at):
            for job in (expire_vouchers, expire_points, keep_tiers):
                for _ in range(times):
                    job(str(self.shop.id))

    def noon(self, day: date) -> None:
        """What customers do."""
        if day.year != FIRST.year:
            return
        with clock.frozen(_at(day, NOON)):
            for name, amount in SALES.get((day.month, day.day), {}).items():
                sell(self.shop, self.members[name], amount)
            if (day.month, day.day) in REDEMPTIONS:
                redeem(self.shop, self.members[REDEMPTIONS[day.month, day.day]], self.reward)

    def told(self, query: LiteralString) -> dict[str, list[Any]]:
        """The rows (instant, what …) of a query by their day; one value stands alone."""
        with psycopg.connect(plain_url(self.database.url("postgres"))) as connection:
            rows = connection.execute(query).fetchall()
        by_day: dict[str, list[Any]] = {}
        for at, *what in rows:
            by_day.setdefault(f"{at:%b %d}", []).append(tuple(what) if len(what) > 1 else what[0])
        return {day: sorted(found, key=str) for day, found in by_day.items()}

    def _die(self, at: datetime, job: str, step: str, batch: str) -> None:
        died = subprocess.run(
            [sys.executable, "-m", "tests.faults.killed_job", job, str(self.shop.id), step, batch],
            cwd=PROJECT,
            env=os.environ | self.database.environment() | {"REGULARS_CLOCK": at.isoformat()},
            check=False,
        )
        assert died.returncode == -signal.SIGKILL, (at, job, "there was no second step to die of")


def test_a_year_of_days_warns_ends_and_lets_fall_once_each_and_on_its_day(
    app: Flask, cafe: Shop, own_database: Database, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(runtime._Process, "app", app)
    year = Year(cafe, own_database)
    for day in _days(FIRST, LAST):
        year.morning(day)
        year.noon(day)
    assert year.told(_EXPIRED) == EXPIRED
    assert year.told(_POINTS_MAILS) == POINTS_MAILS
    assert year.told(_VOUCHER_MAILS) == VOUCHER_MAILS
    assert year.told(_VOUCHERS_OVER) == VOUCHERS_OVER
    assert year.told(_FALLS) == FALLS
    assert year.told(_FALL_MAILS) == FALL_MAILS


_EXPIRED: LiteralString = """
SELECT l.recorded_at, m.name, -l.amount FROM ledger_entry l JOIN enrollment e ON e.id = l.enrollment_id
  JOIN member m ON m.id = e.member_id WHERE l.kind = 'expire' ORDER BY 1, 2
"""
_POINTS_MAILS: LiteralString = """
SELECT s.created_at, m.name, (s.context->>'days')::int, (s.context->>'points')::int
  FROM message s JOIN member m ON m.id = s.member_id WHERE s.kind = 'points_expiring' ORDER BY 1, 2
"""
_VOUCHER_MAILS: LiteralString = """
SELECT s.created_at, m.name, (s.context->>'days')::int
  FROM message s JOIN member m ON m.id = s.member_id WHERE s.kind = 'voucher_expiring' ORDER BY 1, 2
"""
_VOUCHERS_OVER: LiteralString = """
SELECT o.recorded_at, m.name FROM outbox o JOIN member m ON m.id = o.aggregate_id
 WHERE o.event_type = 'loyalty.voucher.expired' ORDER BY 1, 2
"""
_FALLS: LiteralString = """
SELECT t.recorded_at, m.name, p.name, t.from_tier, t.to_tier FROM tier_history t
  JOIN member m ON m.id = t.member_id JOIN program p ON p.id = t.program_id
 WHERE t.reason IN ('period_end', 'inactivity') ORDER BY 1, 2, 3
"""
_FALL_MAILS: LiteralString = """
SELECT s.created_at, m.name, p.name, s.context->>'from', s.context->>'to', s.context->>'day'
  FROM message s JOIN member m ON m.id = s.member_id JOIN program p ON p.id::text = s.context->>'programId'
 WHERE s.kind = 'tier_warning' ORDER BY 1, 2, 3
"""


def _days(first: date, last: date) -> Iterable[date]:
    return (first + timedelta(days=number) for number in range((last - first).days + 1))


def _at(day: date, hour: time) -> datetime:
    return datetime.combine(day, hour)


def _ladder(shop: Shop, name: str, evaluated: str, tiers: tuple[str, str], period: str, **rules: int) -> UUID:
    steps = [
        {"name": tier, "threshold": {"type": "spending", "value": value, "period": period}}
        for tier, value in zip(tiers, (50, 100), strict=True)
    ]
    config = {"evaluationPeriod": evaluated, "tiers": steps, "degradationRules": {"enabled": True, **rules}}
    with unit_of_work(shop.id):
        body = {"name": name, "ruleType": "TIER_BASED", "ruleConfig": config}
        program_id = create_program(body, actor=owner_of(shop))
    return activated(shop, program_id)
