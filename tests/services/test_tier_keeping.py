"""Tiers fall on their day while nobody buys anything, once, and whoever would fall is warned a month before."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from decimal import Decimal
from typing import Any
from uuid import UUID

import pytest
from sqlalchemy import select

from app.core import clock
from app.core.tenancy import unscoped
from app.core.unit_of_work import session, unit_of_work
from app.domain.body import parsed
from app.domain.purchase_order import PurchaseBody, purchase_order
from app.jobs.relay import relay_events
from app.jobs.tiers import keep_tiers
from app.models.enrollment import Enrollment
from app.models.message import Message
from app.models.tier_history import TierHistory
from app.queries.purchases import outcomes
from app.queries.verification import breaks
from app.services.programs import create_program
from app.services.purchases import record_purchase
from tests.factories.businesses import Shop
from tests.factories.programs import owner_of
from tests.factories.trade import activated, join, sell, settle

MAY = datetime(2027, 5, 10, 9, tzinfo=UTC)
TIERS = [
    {"name": "Friend", "threshold": {"type": "spending", "value": 50}},
    {"name": "Family", "threshold": {"type": "spending", "value": 100}},
]


def _day(month: int, day: int) -> datetime:
    return datetime(2027, month, day, tzinfo=UTC)


@pytest.mark.parametrize(("grace", "falls"), [(0, _day(10, 1)), (2, _day(12, 1))])
def test_a_tier_falls_when_its_quarter_and_grace_are_over_and_once(cafe: Shop, grace: int, falls: datetime) -> None:
    program_id = _circle(cafe, gracePeriodMonths=grace)
    cleo = _family(cafe)
    for hours, tier in ((-12, "Family"), (12, None)):
        with clock.frozen(falls + timedelta(hours=hours)):
            keep_tiers(str(cafe.id))
            keep_tiers(str(cafe.id))
        assert _tier(cafe, cleo, program_id) == tier
    rows = _history(cafe, cleo)
    assert [(row.from_tier, row.to_tier, row.reason) for row in rows] == [
        (None, "Family", "automatic"),
        ("Family", None, "period_end"),
    ]
    assert rows[1].effective_at.date() in (falls.date(), falls.date() - timedelta(days=1)), "midnight in the zone"
    with unscoped("the books are read past all guards") as current:
        assert list(breaks(current, cafe.id)) == []


def test_who_has_earned_the_tier_again_keeps_it(cafe: Shop) -> None:
    program_id = _circle(cafe, gracePeriodMonths=1)
    cleo = _family(cafe)
    with clock.frozen(_day(10, 10)):
        sell(cafe, cleo, "100.00")
    with clock.frozen(_day(11, 2)):
        keep_tiers(str(cafe.id))
    assert _tier(cafe, cleo, program_id) == "Family"


def test_a_silence_drops_one_tier_at_a_time(cafe: Shop) -> None:
    program_id = _circle(cafe, gracePeriodMonths=24, inactivityMonths=2)
    cleo = _family(cafe)
    for day, tier in (
        (_day(7, 9), "Family"),
        (_day(7, 12), "Friend"),
        (_day(9, 12), None),
    ):
        with clock.frozen(day):
            keep_tiers(str(cafe.id))
        assert _tier(cafe, cleo, program_id) == tier


def test_whoever_would_fall_is_warned_once_a_month_before(cafe: Shop) -> None:
    _circle(cafe)
    cleo = _family(cafe)
    with clock.frozen(MAY):
        keeps = join(cafe, "Kit", email="kit@example.com")
        sell(cafe, keeps, "100.00")
    for day in (_day(8, 25), _day(9, 2), _day(9, 3), _day(9, 20)):
        with clock.frozen(day):
            keep_tiers(str(cafe.id))
    warned = _messages(cafe, "tier_warning")
    assert {row.member_id for row in warned} == {cleo, keeps}
    assert len(warned) == 2, "once each"
    told: Any = warned[0].context
    assert (told["from"], told["to"], told["day"], told["reason"]) == ("Family", None, "2027-10-01", "period_end")


def test_a_purchase_that_waits_while_tiers_fall_is_counted_afterwards(cafe: Shop) -> None:
    program_id = _circle(cafe)
    cleo = _family(cafe)
    with clock.frozen(_day(10, 2)):
        with unit_of_work(cafe.id):
            body = {"orderId": "waits", "memberId": str(cleo), "amount": Decimal(60)}
            order, _ = purchase_order(parsed(PurchaseBody, body), currency=cafe.currency, now=clock.now())
            assert order is not None
            purchase_id = record_purchase(order, actor=owner_of(cafe)).purchase_id
        keep_tiers(str(cafe.id))
        settle(cafe)
    with unit_of_work(cafe.id):
        assert [each["code"] for each in outcomes([purchase_id], cafe.currency)[purchase_id]] == [None]
    assert _tier(cafe, cleo, program_id) == "Friend"


def test_a_fall_is_told_and_a_rise_is_too(cafe: Shop) -> None:
    _circle(cafe)
    cleo = _family(cafe)
    with clock.frozen(_day(10, 2)):
        keep_tiers(str(cafe.id))
        relay_events(str(cafe.id))
    assert [row.context["to"] for row in _messages(cafe, "tier_changed")] == ["Family", None]
    assert {row.member_id for row in _messages(cafe, "tier_changed")} == {cleo}


def test_without_degradation_nobody_is_looked_at(cafe: Shop) -> None:
    program_id = _circle(cafe, enabled=False)
    cleo = _family(cafe)
    with clock.frozen(datetime(2028, 7, 2, tzinfo=UTC)):
        keep_tiers(str(cafe.id))
    assert _tier(cafe, cleo, program_id) == "Family"
    assert _messages(cafe, "tier_warning") == []


def _circle(cafe: Shop, **rules: Any) -> UUID:
    config = {
        "evaluationPeriod": "quarterly",
        "tiers": TIERS,
        "degradationRules": {"enabled": True, **rules},
    }
    body = {"name": "Circle", "ruleType": "TIER_BASED", "ruleConfig": config}
    with clock.frozen(MAY - timedelta(days=1)):
        with unit_of_work(cafe.id):
            program_id = create_program(body, actor=owner_of(cafe))
        return activated(cafe, program_id)


def _family(cafe: Shop) -> UUID:
    """Cleo, who became Family on 10 May."""
    with clock.frozen(MAY):
        cleo = join(cafe, "Cleo", email="cleo@example.com")
        sell(cafe, cleo, "120.00")
    return cleo


def _tier(cafe: Shop, member_id: UUID, program_id: UUID) -> str | None:
    with unit_of_work(cafe.id):
        wanted = (Enrollment.member_id == member_id, Enrollment.program_id == program_id)
        return session().scalars(select(Enrollment.tier).where(*wanted)).one()


def _history(cafe: Shop, member_id: UUID) -> list[TierHistory]:
    with unit_of_work(cafe.id):
        rows = session().scalars(
            select(TierHistory).where(TierHistory.member_id == member_id).order_by(TierHistory.number)
        )
        found = list(rows)
        session().expunge_all()
        return found


def _messages(cafe: Shop, kind: str) -> list[Message]:
    with unit_of_work(cafe.id):
        found = list(session().scalars(select(Message).where(Message.kind == kind).order_by(Message.id)))
        session().expunge_all()
        return found
