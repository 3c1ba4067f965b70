"""`flask demo seed` and `flask demo logins`, as bin/run calls them."""

from __future__ import annotations

import re
from collections.abc import Iterator
from datetime import UTC, date, datetime, timedelta

import pytest
from flask import Flask
from sqlalchemy import func, select

from app.core import clock
from app.core.unit_of_work import platform_session, session, unit_of_work
from app.factory import create_app
from app.models.enrollment import Enrollment
from app.models.member import Member
from app.models.program import Program
from app.models.program_stats import ProgramStats
from app.models.purchase import Purchase
from app.queries.businesses import open_business_id
from app.queries.staff import staff_page
from app.queries.trends import written_days
from app.services import sessions
from app.services.demo import shift_days
from tests.factories.businesses import found_shop
from tests.support.app import close, settings_for
from tests.support.databases import Database


@pytest.fixture
def installation(fresh_database: Database) -> Iterator[Flask]:
    """An application on a database of its own."""
    made = create_app(settings_for(fresh_database))
    yield made
    close(made)


@pytest.mark.timeout(400)  # some thousand purchases
def test_the_demo_is_there_once_and_alive(installation: Flask) -> None:
    runner = installation.test_cli_runner()
    first = runner.invoke(args=["demo", "seed"])
    assert first.exit_code == 0, first.output
    assert "3,547 purchases recorded and settled" in first.stdout
    again = runner.invoke(args=["demo", "seed"])
    assert (again.exit_code, again.stdout) == (0, "The demo business is there already\n")
    with installation.app_context():
        assert_alive()
        for email, password in re.findall(r"(\S+@\S+) +password: (.+?)(?:   |$)", logins(installation), re.MULTILINE):
            with platform_session():
                assert sessions.authenticate(email, password) is not None


def assert_alive() -> None:
    """Eight live programs, everything settled, the last sale in the seven days before today, names and figures."""
    with platform_session():
        kava = open_business_id("kava")
    assert kava is not None
    with unit_of_work(kava):
        assert session().scalar(select(func.count()).select_from(Program).where(Program.state == "active")) == 8
        assert session().scalar(select(func.count()).select_from(Purchase).where(Purchase.waiting)) == 0
        assert len(written_days(None)) > 365
        last = session().scalar(select(func.max(Purchase.occurred_at)))
        assert last is not None
        assert timedelta(0) < clock.now() - last <= timedelta(days=8)
        members = session().scalars(select(Member)).all()
        assert len(members) == 1316 and all(member.name and member.email is None for member in members)
        assert all((member.external_id or "").startswith("ANON-") for member in members)
        assert all(person["name"] for person in staff_page(None, 10).rows)
        stats = session().scalars(select(ProgramStats)).all()
        assert len(stats) == 8 and all(each.enrollments > 1_300 and each.active_participants > 100 for each in stats)
        kept = session().execute(
            select(func.sum(Enrollment.balance), func.sum(Enrollment.pending), func.sum(Enrollment.expired))
        )
        assert all(kept.one())


def test_an_address_that_is_taken_by_somebody_else_is_left_alone(installation: Flask) -> None:
    with installation.app_context():
        found_shop("Kava", "Alma")
    answer = installation.test_cli_runner().invoke(args=["demo", "seed"])
    assert answer.exit_code == 1
    assert "belongs to a business that is not the demo" in answer.stderr


@pytest.mark.parametrize("ahead", range(15))
def test_the_shift_is_whole_weeks_and_lands_in_the_seven_days_before_today(ahead: int) -> None:
    last, today = date(2025, 3, 23), date(2026, 11, 16) + timedelta(days=ahead)
    moved = last + timedelta(days=shift_days(last, today))
    assert shift_days(last, today) % 7 == 0
    assert today - timedelta(days=7) <= moved < today


def test_at_the_clock_of_the_data_nothing_is_shifted() -> None:
    assert shift_days(date(2025, 3, 23), datetime(2025, 3, 23, 22, tzinfo=UTC).date() + timedelta(days=1)) == 0


def logins(installation: Flask) -> str:
    """What bin/run prints."""
    answer = installation.test_cli_runner().invoke(args=["demo", "logins"])
    assert answer.exit_code == 0 and "owner" in answer.stdout and "till PIN" in answer.stdout
    return answer.stdout
