"""Home: figures that are true, few statements, and what needs somebody."""

from __future__ import annotations

import csv
import io
import re
from datetime import timedelta
from uuid import UUID
from zoneinfo import ZoneInfo

import pytest

from app.core import clock
from app.core.unit_of_work import session, unit_of_work
from app.models.purchase import Purchase
from app.services.dead_letter_box import bury
from app.services.programs import create_program
from tests.factories.businesses import Shop
from tests.factories.people import Person, submit
from tests.factories.programs import owner_of, punch_card
from tests.factories.trade import activated, join, live_points, live_punch_card, sell, settle
from tests.services.test_snapshots import ago, open_shop, redeem, write
from tests.support.statements import counted

pytestmark = pytest.mark.usefixtures("one_instant")

MOST_STATEMENTS = 8
MOST_AT = {"": 10, "members/{member}": 20}
"""Home and a member's page ask once for each of their many panels, however much there is to tell."""
AT_THE_DOOR = 3  # who is signed in, what they are here, the business with its badge


def test_the_figures_of_home_are_true(cafe: Shop, alma: Person) -> None:
    long_ago = (clock.now() - timedelta(days=60)).isoformat()
    live_points(cafe, startsAt=long_ago)
    live_punch_card(cafe, startsAt=long_ago)
    cleo, novak = join(cafe, "Cleo Marsh"), join(cafe, "Novak")
    join(cafe, "Never Came")
    for days in (0, 0, 1, 9):
        sell(cafe, cleo, "25", occurredAt=clock.now() - timedelta(days=days))
    sell(cafe, novak, "50", occurredAt=clock.now() - timedelta(days=40))
    page = alma.browser().get(f"/b/{cafe.slug}/").get_data(as_text=True)
    figures = {
        "Visits in 7 days": ("2", "1 in the 7 before"),
        "Members active in 30 days": ("1", "of 3 members"),
        "Points outstanding": ("300", "You owe ₴6"),
        "Active programs": ("2", "None scheduled"),
        "Pending redemptions": ("0", "No reward runs out within a week"),
        "Redemption rate": ("0", "0 of 1 reward earned"),
    }
    for label, (value, note) in figures.items():
        shown = page.partition(f">{label}</a>")[2].partition('class="r-kpi"')[0]
        assert f">{value}<" in shown.replace(" <small>%</small>", ""), label
        assert f"popover><b>{label}</b>" in shown, label
        assert note in shown, label
    for label, where in (
        ("Visits in 7 days", "members?visit=week"),
        ("Members active in 30 days", "members?visit=month"),
    ):
        assert f'href="/b/{cafe.slug}/{where}">{label}</a>' in page
    assert "Cleo Marsh" in page.partition('id="top-members"')[2]
    assert "₴100" in page.partition('id="top-members"')[2]


def test_home_compares_with_the_nights_before_and_shows_tiers_trends_and_birthdays(cafe: Shop, alma: Person) -> None:
    _, card = open_shop(cafe)
    activated(cafe, tiers(cafe))
    today = clock.now().astimezone(ZoneInfo(cafe.timezone)).date()
    cleo = join(cafe, "Cleo Marsh", birthday=today.replace(year=2000).isoformat())
    join(cafe, "Not Today", birthday=(today.replace(year=2000) - timedelta(days=40)).isoformat())
    for back in (25, 12, 5):
        sell(cafe, cleo, "10", occurredAt=ago(back))
    write(cafe)
    redeem(cafe, card, clock.now())
    sell(cafe, join(cafe, "Novak"), "10")
    page = alma.browser().get(f"/b/{cafe.slug}/").get_data(as_text=True)
    came = page.partition(">Members active in 30 days</a>")[2].partition('class="r-kpi"')[0]
    assert re.search(r"r-delta--up.*?</span>\s*2", came, re.S)  # none 30 days ago, two now
    assert "Joins, visits and redemptions by day" in page
    assert "Cleo Marsh has a birthday today" in page
    assert "Not Today" not in page.partition('id="tickets"')[2].partition("</section>")[0]
    held = page.partition('id="tiers-title"')[2].partition("</section>")[0]
    assert re.search(r"Regular\s*<progress.*?>1</td>.*?100 %", held, re.S)


def test_all_that_home_shows_comes_as_csv(cafe: Shop, alma: Person, ben: Person) -> None:
    open_shop(cafe)
    cleo = join(cafe, "=Cleo")
    for back in (25, 5):
        sell(cafe, cleo, "10", occurredAt=ago(back))
    write(cafe)
    browser = alma.browser()

    def table(name: str) -> list[list[str]]:
        answer = browser.get(f"/b/{cafe.slug}/home/{name}.csv")
        assert (answer.status_code, answer.mimetype) == (200, "text/csv")
        return list(csv.reader(io.StringIO(answer.data.decode("utf-8-sig"))))

    page = browser.get(f"/b/{cafe.slug}/").get_data(as_text=True)
    for name in ("figures", "weeks", "days", "top-members"):
        assert f"/home/{name}.csv" in page
    assert ["Members active in 30 days", "1", "of 1 member"] in table("figures")
    assert sum(int(row[1]) for row in table("weeks")[1:]) == 2
    assert sum(int(row[2]) for row in table("days")[1:]) == 2
    assert table("top-members")[1] == ["'=Cleo", "", "2", "20.00"]
    assert table("tiers") == [["Tier", "Members"]]
    assert browser.get(f"/b/{cafe.slug}/home/secrets.csv").status_code == 404
    assert ben.browser().get(f"/b/{cafe.slug}/home/figures.csv").status_code == 403


def tiers(shop: Shop) -> UUID:
    """A tier that one visit reaches."""
    tier = {"name": "Regular", "threshold": {"type": "visits", "value": 1, "period": "yearly"}}
    body = {
        "name": "Levels",
        "ruleType": "TIER_BASED",
        "ruleConfig": {"tiers": [tier], "evaluationPeriod": "yearly"},
        "startsAt": ago(60).isoformat(),
    }
    with unit_of_work(shop.id):
        return create_program(body, actor=owner_of(shop))


def test_a_new_business_is_led_to_its_first_member_and_its_draft(cafe: Shop, alma: Person) -> None:
    punch_card(cafe, name="Winter card")
    page = alma.browser().get(f"/b/{cafe.slug}/").get_data(as_text=True)
    assert "Your first week starts with your first member" in page
    assert "Winter card is a draft" in page


def test_a_purchase_that_could_not_be_counted_waits_for_alma_and_tries_again(
    cafe: Shop, alma: Person, ben: Person
) -> None:
    live_punch_card(cafe)
    cleo = join(cafe, "Cleo")
    sold = sell(cafe, cleo)
    die(cafe, sold)
    browser, address = alma.browser(), f"/b/{cafe.slug}/attention"
    assert "1 thing could not be done" in browser.get(f"/b/{cafe.slug}/").get_data(as_text=True)
    page = browser.get(address).get_data(as_text=True)
    assert "1 thing needs you" in page
    assert "KeyError" in page
    retry = page.partition(f'action="{address}/')[2].partition('"')[0]
    assert submit(ben.browser(), f"{address}/{retry}").status_code == 403
    answer = submit(browser, f"{address}/{retry}")
    assert answer.status_code == 303
    settle(cafe)
    assert "Nothing needs you" in browser.get(address).get_data(as_text=True)
    assert submit(browser, f"{address}/{retry}").status_code == 404
    with unit_of_work(cafe.id):
        purchase = session().get_one(Purchase, (cafe.id, sold))
        assert (purchase.is_dead, purchase.waiting) == (False, False)


def test_a_purchase_that_fails_again_comes_back_to_the_list(cafe: Shop, alma: Person) -> None:
    sold = sell(cafe, join(cafe, "Cleo"))
    browser, address = alma.browser(), f"/b/{cafe.slug}/attention"
    for _ in range(2):
        die(cafe, sold)
        page = browser.get(address).get_data(as_text=True)
        retry = page.partition(f'action="{address}/')[2].partition('"')[0]
        assert submit(browser, f"{address}/{retry}").status_code == 303


@pytest.mark.parametrize(
    "path", ["", "programs", "programs/{program}", "members", "members/{member}", "till/", "attention"]
)
def test_no_page_asks_the_database_much(cafe: Shop, alma: Person, path: str) -> None:
    programs = [live_punch_card(cafe), live_points(cafe)]
    cleo = join(cafe, "Cleo")
    for _ in range(4):
        sell(cafe, cleo)
    browser = alma.browser()
    address = f"/b/{cafe.slug}/{path.format(program=programs[0], member=cleo)}"
    assert browser.get(address).status_code == 200  # versions are compiled by the first
    with counted() as statements:
        assert browser.get(address).status_code == 200
    assert len(statements) - AT_THE_DOOR <= MOST_AT.get(path, MOST_STATEMENTS), statements


def die(shop: Shop, purchase_id: UUID) -> None:
    """Leave a purchase as its fifth failure does."""
    with unit_of_work(shop.id):
        purchase = session().get_one(Purchase, (shop.id, purchase_id))
        purchase.is_dead, purchase.waiting = True, False
        bury("purchase", purchase_id, "KeyError('zone')", 5)
