"""The analytics of a program on its page: true figures, tables without JavaScript, CSV for any spreadsheet."""

from __future__ import annotations

import csv
import io
import re
from zoneinfo import ZoneInfo

import pytest

from app.core import clock
from app.core.unit_of_work import unit_of_work
from app.domain.localtime import local_day
from app.queries.dashboard import visits_by_week
from app.web.business.analytics.spans import periods
from app.web.support.spreadsheet import csv_text
from tests.factories.businesses import Shop
from tests.factories.people import Person
from tests.factories.trade import join, sell
from tests.services.test_snapshots import ago, open_shop, redeem, write
from tests.support.statements import counted
from tests.web.test_home import AT_THE_DOOR

pytestmark = pytest.mark.usefixtures("one_instant")

MOST_STATEMENTS = 12


def test_the_page_shows_both_rates_trends_with_tables_cards_and_locations(cafe: Shop, alma: Person) -> None:
    points, card = busy_shop(cafe)
    browser = alma.browser()
    page = browser.get(f"/b/{cafe.slug}/programs/{card}/analytics").get_data(as_text=True)
    for words in ("50.0 %", "1 of 2 members who earned", "100.0 %", "5 visits, 2 joined", "1 person is 1 punch away"):
        assert words in page, words
    assert page.count("How we count this") == 3
    assert page.count("popovertarget=") == 5
    for group, total in (("Redeemed", 1), ("Earned, never redeemed", 1), ("Joined only", 0)):
        assert re.search(rf"{group}\s*<progress.*?>{total}</td>", page, re.S), group
    assert "1 member has earned and never redeemed" in page
    assert page.count("Show as table") == 3
    assert "No location" in page
    for words in ("130 points earned", "0.0 %", ">Outstanding<", "data-plot="):
        assert words in browser.get(f"/b/{cafe.slug}/programs/{points}/analytics?days=90").get_data(as_text=True), words
    assert f'href="/b/{cafe.slug}/programs/{card}/analytics"' in browser.get(
        f"/b/{cafe.slug}/programs/{card}"
    ).get_data(as_text=True)


def test_each_table_comes_as_csv_with_the_figures_of_the_page(cafe: Shop, alma: Person) -> None:
    points, card = busy_shop(cafe)
    browser = alma.browser()

    def table(program: object, name: str) -> list[list[str]]:
        answer = browser.get(f"/b/{cafe.slug}/programs/{program}/analytics/{name}.csv?days=90")
        assert (answer.status_code, answer.mimetype) == (200, "text/csv")
        return list(csv.reader(io.StringIO(answer.data.decode("utf-8-sig"))))

    days = table(points, "days")
    assert days[0][:5] == ["Day", "Enrolled", "Joined", "Active participants", "Visits"]
    assert sum(int(row[5]) for row in days[1:]) == 130
    assert days[-1][-1] == "130"
    assert table(card, "cards") == [["Punches", "Members"], ["0", "1"], ["1", "0"], ["2", "1"]]
    assert table(card, "locations")[1] == ["No location", "5", "2", "65.00"]
    assert ["Enrolled", "2"] in table(card, "figures")
    assert table(card, "split")[1:] == [["Redeemed", "1"], ["Earned, never redeemed", "1"], ["Joined only", "0"]]
    assert browser.get(f"/b/{cafe.slug}/programs/{card}/analytics/secrets.csv").status_code == 404


@pytest.mark.parametrize("days", ["30", "365", "x"])
def test_the_page_asks_the_database_little_however_long_the_span(cafe: Shop, alma: Person, days: str) -> None:
    points, _ = busy_shop(cafe)
    browser, address = alma.browser(), f"/b/{cafe.slug}/programs/{points}/analytics?days={days}"
    assert browser.get(address).status_code == 200
    with counted() as statements:
        assert browser.get(address).status_code == 200
    assert len(statements) - AT_THE_DOOR <= MOST_STATEMENTS, statements


def test_a_program_without_any_history_has_a_page_too(cafe: Shop, alma: Person) -> None:
    points, _ = open_shop(cafe)
    for days in (30, 90):
        page = alma.browser().get(f"/b/{cafe.slug}/programs/{points}/analytics?days={days}").get_data(as_text=True)
        assert re.search(r"Enrolled.*?r-kpi__value\">0<", page, re.S)
        assert "No purchase has counted in these days." in page


def test_dora_finds_no_analytics_of_the_cafe_s_and_ben_may_look(
    cafe: Shop, florist: Shop, dora: Person, ben: Person
) -> None:
    points, _ = busy_shop(cafe)
    browser = dora.browser()
    for rest in ("analytics", "analytics/days.csv"):
        assert browser.get(f"/b/{florist.slug}/programs/{points}/{rest}").status_code == 404
        assert browser.get(f"/b/{cafe.slug}/programs/{points}/{rest}").status_code == 404
        assert ben.browser().get(f"/b/{cafe.slug}/programs/{points}/{rest}").status_code == 200


def test_a_spreadsheet_takes_no_cell_for_a_formula_and_no_number_for_a_text() -> None:
    text = csv_text([["=1+1", "-2", "@x", "Café"], [-5, 7, "a,b", "+380"]])
    assert text.startswith(b"\xef\xbb\xbf")
    rows = list(csv.reader(io.StringIO(text.decode("utf-8-sig"))))
    assert rows == [["'=1+1", "'-2", "'@x", "Café"], ["-5", "7", "a,b", "'+380"]]


def test_weeks_add_up_what_happened_and_keep_how_they_ended() -> None:
    levels = ("enrollments", "active_participants", "points_outstanding")
    days = [{"day": number, "visits": 1, **dict.fromkeys(levels, number)} for number in range(16)]
    weeks = periods(days, 90)
    assert [(week["day"], week["visits"], week["enrollments"]) for week in weeks] == [(0, 2, 1), (2, 7, 8), (9, 7, 15)]
    assert periods(days, 30) == days


def test_the_weeks_of_home_are_the_same_before_and_after_a_night(cafe: Shop) -> None:
    open_shop(cafe)
    cleo, novak = join(cafe, "Cleo"), join(cafe, "Novak")
    for back in (60, 30, 8, 1, 0):
        sell(cafe, cleo, "10", occurredAt=ago(back))
    sell(cafe, novak, "10", occurredAt=ago(8))

    def weeks() -> list[int]:
        with unit_of_work(cafe.id):
            zone = ZoneInfo(cafe.timezone)
            return [total for _, total in visits_by_week(local_day(clock.now(), zone), 7, zone)]

    before = weeks()
    assert write(cafe) > 0
    assert (before, weeks()) == ([0, 0, 1, 0, 0, 2, 2], before)


def busy_shop(shop: Shop) -> tuple[object, object]:
    """Cleo came three times and has had her coffee; Novak came twice, once before last night."""
    points, card = open_shop(shop)
    cleo, novak = join(shop, "Cleo"), join(shop, "Novak")
    for back in (20, 10, 3):
        sell(shop, cleo, "10", occurredAt=ago(back))
    sell(shop, novak, "10", occurredAt=ago(2))
    assert write(shop) > 0
    redeem(shop, card, clock.now())
    sell(shop, novak, "25")
    return points, card
