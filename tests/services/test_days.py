"""The daily work of a business is posted once a local day, in the first minutes of it, by however many schedulers."""

from __future__ import annotations

import threading
from collections import defaultdict
from datetime import UTC, date, datetime, timedelta
from uuid import UUID
from zoneinfo import ZoneInfo

from flask import Flask
from sqlalchemy import select, update

from app.core import clock
from app.core.unit_of_work import platform_session, session
from app.jobs.snapshots import write_snapshots
from app.models.business import Business
from app.models.due import Due
from app.services.days import begin_days
from tests.factories.businesses import Shop, found_shop

MIDNIGHT = datetime(2026, 3, 28, tzinfo=UTC)  # the clocks of Kyiv change the night after
HALF_HOURS = 2 * 72


def test_each_local_day_begins_once_and_in_time(in_app: Flask) -> None:
    zones = ("Europe/Kyiv", "America/Los_Angeles", "Asia/Kathmandu", "Pacific/Kiritimati")
    shops = {found_shop("Shop", "Owner", timezone=zone).id: ZoneInfo(zone) for zone in zones}
    begun: dict[UUID, list[datetime]] = defaultdict(list)
    for step in range(HALF_HOURS):
        at = MIDNIGHT + timedelta(minutes=30 * step)
        for _ in range(2):
            for business_id in shops.keys() & set(begin(at)):
                begun[business_id].append(at)
    for business_id, zone in shops.items():
        first, *later = (at.astimezone(zone) for at in begun[business_id])
        assert all(at.hour == 0 and at.minute < 30 for at in later), zone
        days = [first.date(), *(at.date() for at in later)]
        assert days == [days[0] + timedelta(days=number) for number in range(len(days))], zone
        assert len(days) in (3, 4), zone


def test_two_schedulers_at_once_begin_a_day_once_and_a_lost_ring_is_made_up_for(app: Flask, cafe: Shop) -> None:
    together, found = threading.Barrier(4), []

    def scheduler() -> None:
        with app.app_context():
            together.wait()
            found.extend(begin(MIDNIGHT))

    threads = [threading.Thread(target=scheduler) for _ in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert found.count(cafe.id) == 1
    assert due_rows(cafe) == 1, "it stays until the work is done"
    with clock.frozen(MIDNIGHT):
        write_snapshots(str(cafe.id))
    assert due_rows(cafe) == 0


def test_a_move_to_the_west_begins_no_day_again(cafe: Shop) -> None:
    assert cafe.id in begin(MIDNIGHT)
    with platform_session():
        session().execute(
            update(Business).where(Business.id == cafe.id).values(timezone="America/Los_Angeles"),
            execution_options={"synchronize_session": False},
        )
    assert cafe.id not in begin(MIDNIGHT + timedelta(hours=12))
    assert cafe.id in begin(MIDNIGHT + timedelta(hours=36))
    with platform_session():
        begun = session().scalar(select(Business.day_begun).where(Business.id == cafe.id))
    assert begun == date(2026, 3, 29)


def begin(at: datetime) -> list[UUID]:
    """Look once, as a tick does."""
    with platform_session():
        return begin_days(at)


def due_rows(shop: Shop) -> int:
    """How many days wait for their work."""
    with platform_session():
        rows = select(Due.id).where(Due.business_id == shop.id, Due.kind == "day")
        return len(list(session().scalars(rows)))
