"""The kept figures of programs: folded once from what settling left, whoever folds, and as often as they like."""

from __future__ import annotations

from datetime import timedelta
from uuid import UUID

from sqlalchemy import func, select

from app.core import clock
from app.core.unit_of_work import platform_session, session, unit_of_work
from app.models.program_stats import ProgramStatsDelta
from app.queries.due import due_ids
from app.queries.program_page import program_figures
from app.services.enrollment import enroll
from app.services.program_stats import DUE_KIND, fold_program_stats
from tests.factories.businesses import Shop
from tests.factories.programs import owner_of
from tests.factories.trade import join, live_points, live_punch_card, sell


def test_figures_are_the_sums_of_the_deltas_and_a_second_fold_adds_nothing(cafe: Shop) -> None:
    points, card = live_points(cafe), live_punch_card(cafe)
    cleo, novak = join(cafe, "Cleo"), join(cafe, "Novak")
    for _ in range(3):
        sell(cafe, cleo, "10")
    sell(cafe, novak, "5")
    figures = [figures_of(cafe, points)]
    assert fold(cafe) == 0
    figures.append(figures_of(cafe, points))
    assert [(f["enrollments"], f["active_participants"], f["issued"], f["outstanding"]) for f in figures] == [
        (2, 2, 70, 70)
    ] * 2
    assert figures_of(cafe, card)["vouchers_issued"] == 1
    with unit_of_work(cafe.id):
        assert session().scalar(select(func.count()).select_from(ProgramStatsDelta)) == 0


def test_a_fold_of_one_business_leaves_another_s_deltas(cafe: Shop, florist: Shop) -> None:
    card, iris = live_punch_card(florist), join(florist, "Iris")
    with unit_of_work(florist.id):
        enroll(iris, card, actor=owner_of(florist))
    assert fold(cafe) == 0
    assert fold(florist) == 1
    assert figures_of(florist, card)["enrollments"] == 1


def test_members_who_stay_away_are_no_longer_active_after_ninety_days(cafe: Shop) -> None:
    points = live_points(cafe)
    sell(cafe, join(cafe, "Cleo"))
    assert figures_of(cafe, points)["active_participants"] == 1
    with platform_session():
        tomorrow = clock.now() + timedelta(days=1, minutes=1)
        assert due_ids(cafe.id, DUE_KIND, tomorrow, after=clock.now() + timedelta(hours=1)), "nobody would count again"
    with clock.frozen(clock.now() + timedelta(days=91)):
        fold(cafe)
    figures = figures_of(cafe, points)
    assert (figures["enrollments"], figures["active_participants"]) == (1, 0)


def fold(shop: Shop) -> int:
    """Fold once, in a transaction of its own."""
    with unit_of_work(shop.id):
        return fold_program_stats()


def figures_of(shop: Shop, program_id: UUID) -> dict[str, int]:
    """Return the kept figures of a program."""
    with unit_of_work(shop.id):
        return program_figures(program_id)
