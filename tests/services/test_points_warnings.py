"""Members hear of points that run out, a month and a week before, and not of those they have spent since."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Any
from uuid import UUID

from sqlalchemy import select

from app.core import clock
from app.core.unit_of_work import session, unit_of_work
from app.jobs.expiry import expire_points
from app.models.enrollment import Enrollment
from app.models.message import Message
from app.services.adjustments import adjust_points
from tests.factories.businesses import Shop
from tests.factories.programs import owner_of
from tests.factories.trade import join, live_points, sell


def _day(month: int, day: int, year: int = 2027) -> datetime:
    return datetime(year, month, day, 9, tzinfo=UTC)


def test_points_are_warned_of_a_month_and_a_week_before_once_each(cafe: Shop) -> None:
    cleo, _ = _earned(cafe)
    for day in (_day(6, 1), _day(6, 12), _day(6, 13), _day(6, 20), _day(7, 5), _day(7, 6)):
        with clock.frozen(day):
            expire_points(str(cafe.id))
            expire_points(str(cafe.id))
    told = _told(cafe)
    assert [(row.member_id, row.context["points"], row.context["days"]) for row in told] == [
        (cleo, 80, 30),
        (cleo, 80, 7),
    ]
    assert {row.context["lastDay"] for row in told} == {"2027-07-10"}


def test_a_job_that_was_away_tells_once_and_the_nearest(cafe: Shop) -> None:
    _earned(cafe)
    with clock.frozen(_day(7, 8)):
        expire_points(str(cafe.id))
    assert [row.context["days"] for row in _told(cafe)] == [7]


def test_what_was_spent_since_is_not_spoken_of(cafe: Shop) -> None:
    cleo, program_id = _earned(cafe)
    with clock.frozen(_day(6, 20)), unit_of_work(cafe.id):
        adjust_points(cleo, program_id, -70, "Spent elsewhere", actor=owner_of(cafe))
    with clock.frozen(_day(6, 21)):
        expire_points(str(cafe.id))
    assert [row.context["points"] for row in _told(cafe)] == [10]
    with clock.frozen(_day(6, 22)), unit_of_work(cafe.id):
        adjust_points(cleo, program_id, -10, "Spent elsewhere", actor=owner_of(cafe))
    with clock.frozen(_day(7, 5)):
        expire_points(str(cafe.id))
    assert len(_told(cafe)) == 1


def test_points_without_an_end_are_never_warned_of(cafe: Shop) -> None:
    with clock.frozen(_day(1, 10)):
        live_points(cafe)
        sell(cafe, join(cafe, "Cleo", email="cleo@example.com"), "40.00")
    with clock.frozen(_day(1, 10, 2032)):
        expire_points(str(cafe.id))
    assert _told(cafe) == []


def _earned(cafe: Shop) -> tuple[UUID, UUID]:
    """Cleo with 80 points of 10 January, which can be used until 10 July."""
    config: dict[str, Any] = {"pointsPerDollar": 2, "redemptionRate": 50, "expirationMonths": 6}
    with clock.frozen(_day(1, 10)):
        program_id = live_points(cafe, ruleConfig=config)
        cleo = join(cafe, "Cleo", email="cleo@example.com")
        sell(cafe, cleo, "40.00")
    with unit_of_work(cafe.id):
        assert session().scalars(select(Enrollment.balance)).one() == 80
    return cleo, program_id


def _told(cafe: Shop) -> list[Message]:
    with unit_of_work(cafe.id):
        found = list(session().scalars(select(Message).where(Message.kind == "points_expiring").order_by(Message.id)))
        session().expunge_all()
        return found
