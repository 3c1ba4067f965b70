"""The expiry job: what is due becomes usable or runs out, once, and says so."""

from __future__ import annotations

from datetime import timedelta

import pytest
from flask import Flask
from sqlalchemy import select

from app.core import clock
from app.core.unit_of_work import session, unit_of_work
from app.domain.events import EventType
from app.jobs.expiry import expire_points as expiry_job
from app.models.enrollment import Enrollment
from app.models.ledger import LedgerEntry
from app.models.outbox import OutboxEvent
from app.models.program_stats import ProgramStatsDelta
from app.queries.verification import breaks
from app.services.expiry import expire_points
from tests.factories.businesses import found_shop
from tests.ledger.history import FIRST_DAY, LivedCafe


@pytest.fixture
def lived(in_app: Flask) -> LivedCafe:
    """Cleo has 40 points that may be used from day 2 on and run out with day 31."""
    with clock.frozen(FIRST_DAY - timedelta(days=30)):
        cafe = LivedCafe(found_shop("Café Alma", "Alma"))
        cafe.open()
    cafe.sell(0, "A", "cleo", "40.00")
    return cafe


def test_pending_points_become_usable_without_an_entry_or_an_event(lived: LivedCafe) -> None:
    assert _figures(lived) == (0, 40, 0)
    lived.expire(1)
    assert _figures(lived) == (0, 40, 0)
    lived.expire(2)
    assert _figures(lived) == (40, 0, 0)
    assert _expirings(lived) == ([], [], [])


def test_points_run_out_once_with_one_entry_one_event_and_the_program_s_figures(lived: LivedCafe) -> None:
    for _ in range(3):
        lived.expire(40)
    assert _figures(lived) == (0, 0, 40)
    entries, events, figures = _expirings(lived)
    assert [(entry.amount, entry.trace) for entry in entries] == [(-40, [["expired", {"points": 40}]])]
    assert [(event.payload["points"], event.payload["programId"]) for event in events] == [
        (40, str(lived.programs["points"]))
    ]
    assert figures == [(40, -40)]
    with unit_of_work(lived.shop.id) as current:
        assert list(breaks(current(), lived.shop.id)) == []


def test_what_ran_out_before_a_refund_is_written_off_and_told_by_the_refund(lived: LivedCafe) -> None:
    lived.refund(40, "A", 1000)
    lived.expire(41)
    assert _figures(lived) == (0, 0, 40)
    entries, events, figures = _expirings(lived)
    assert ([entry.amount for entry in entries], len(events), figures) == ([-40], 1, [(40, -40)])


def test_a_member_who_is_being_settled_is_passed_over(lived: LivedCafe) -> None:
    with clock.frozen(FIRST_DAY + timedelta(days=40)), unit_of_work(lived.shop.id):
        assert expire_points() == 1
        with unit_of_work(lived.shop.id):  # another transaction, while the first holds the member
            assert expire_points() == 0


def test_the_job_goes_on_until_nothing_is_due(lived: LivedCafe) -> None:
    lived.sell(1, "B", "mia", "12.00")
    with clock.frozen(FIRST_DAY + timedelta(days=60)):
        expiry_job(str(lived.shop.id))
        with unit_of_work(lived.shop.id):
            assert expire_points() == 0
    assert len(_expirings(lived)[0]) == 2


def _figures(lived: LivedCafe) -> tuple[int, int, int]:
    with unit_of_work(lived.shop.id):
        kept = session().scalars(select(Enrollment).where(Enrollment.unit == "points")).one()
        return kept.balance, kept.pending, kept.expired


def _expirings(lived: LivedCafe) -> tuple[list[LedgerEntry], list[OutboxEvent], list[tuple[int, int]]]:
    with unit_of_work(lived.shop.id):
        entries = list(session().scalars(select(LedgerEntry).where(LedgerEntry.kind == "expire")))
        expired = select(OutboxEvent).where(OutboxEvent.event_type == EventType.POINTS_EXPIRED.value)
        events = list(session().scalars(expired))
        deltas = session().scalars(select(ProgramStatsDelta).where(ProgramStatsDelta.expired != 0))
        figures = [(delta.expired, delta.outstanding) for delta in deltas]
        session().expunge_all()
    return entries, events, figures
