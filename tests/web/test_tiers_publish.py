"""New thresholds say who would move before they are published, by name and as a file; then they count from now on."""

from __future__ import annotations

import re
from uuid import UUID

import pytest
from sqlalchemy import select

from app.core import clock
from app.core.unit_of_work import session, unit_of_work
from app.models.audit_log import AuditRecord
from app.models.enrollment import Enrollment
from app.queries.live_versions import newest_versions
from app.queries.paging import UnknownCursor
from app.queries.tier_figures import latest_changes, movers, placed, spread, tier_programs
from tests.factories.businesses import Shop
from tests.factories.people import Person, submit
from tests.factories.trade import join, live_points, sell
from tests.support.statements import counted
from tests.web.test_tiers import circle, spenders


def held(shop: Shop) -> list[str | None]:
    """The tiers that the members hold, in the order in which they joined."""
    with unit_of_work(shop.id):
        return list(session().scalars(select(Enrollment.tier).order_by(Enrollment.joined_at, Enrollment.id)))


def test_who_would_move_is_said_by_name_and_then_it_counts_from_now_on(cafe: Shop, alma: Person) -> None:
    program_id = circle(cafe)
    spenders(cafe, "10", "60", "150", "120")
    browser, address = alma.browser(), f"/b/{cafe.slug}/tiers/{program_id}/publish"
    page = browser.get(f"{address}?value-0=5&value-1=130").get_data(as_text=True)
    for words in ("1 person would rise", "1 person would drop", "₴100", "₴130", "With their next purchase", "Guest 0"):
        assert words in page, words
    assert "Guest 3" not in page, "she would drop"
    down = browser.get(f"{address}?value-0=5&value-1=130&show=down").get_data(as_text=True)
    assert "Guest 3" in down and "Gold" in down and "₴120" in down
    table = browser.get(f"/b/{cafe.slug}/tiers/{program_id}/movers.csv?value-0=5&value-1=130").get_data(as_text=True)
    assert re.search(r"Guest 0,\w+,No tier,Silver,₴10\b", table) and re.search(r"Guest 3,\w+,Gold,Silver,₴120\b", table)
    assert held(cafe) == [None, "Silver", "Gold", "Gold"]
    version = re.search(r'name="version" value="(\d+)"', page)
    assert version is not None
    fields = {"value-0": "5", "value-1": "130", "version": version[1]}
    assert submit(browser, address, **fields).status_code == 303
    with unit_of_work(cafe.id):
        now = newest_versions([program_id])[program_id]
        assert (now.number, now.terms.values) == (2, (500, 13_000))
        assert "program.updated" in session().scalars(select(AuditRecord.action)).all()
    assert held(cafe) == [None, "Silver", "Gold", "Gold"], "nobody moves at the moment it is published"
    guest = join(cafe, "Late")
    sell(cafe, guest, "6")
    assert held(cafe)[-1] == "Silver"


def test_a_version_that_has_moved_on_is_shown_again_and_changes_nothing(cafe: Shop, alma: Person) -> None:
    program_id = circle(cafe)
    browser, address = alma.browser(), f"/b/{cafe.slug}/tiers/{program_id}/publish"
    for version in ("0", "none", ""):
        late = submit(browser, address, **{"value-0": "5", "value-1": "130", "version": version})
        assert late.status_code == 422
        assert "Somebody has changed this program" in late.get_data(as_text=True)
    with unit_of_work(cafe.id):
        assert newest_versions([program_id])[program_id].number == 1


def test_nothing_new_and_nonsense_lead_back_and_strangers_are_refused(
    cafe: Shop, alma: Person, ben: Person, florist: Shop
) -> None:
    program_id = circle(cafe)
    browser, address = alma.browser(), f"/b/{cafe.slug}/tiers/{program_id}/publish"
    assert browser.get(address).status_code == 303
    wrong = browser.get(f"{address}?value-0=200&value-1=130", follow_redirects=True)
    assert wrong.status_code == 422
    assert "Gold must need more than Silver (₴200)" in wrong.get_data(as_text=True)
    assert browser.get(f"{address}?value-0=5&after=junk").status_code == 404
    assert ben.browser().get(f"{address}?value-0=5").status_code == 403
    theirs = circle(florist)
    assert browser.get(f"/b/{cafe.slug}/tiers/{theirs}/publish?value-0=5").status_code == 404


def test_where_tiers_are_never_lost_nobody_drops(cafe: Shop, alma: Person) -> None:
    program_id = circle(cafe, can_fall=False)
    spenders(cafe, "60", "150")
    address = f"/b/{cafe.slug}/tiers/{program_id}"
    page = alma.browser().get(f"{address}/publish?value-0=500&value-1=900&show=down").get_data(as_text=True)
    assert "Nobody would drop" in page and "Guest" not in page
    assert "Guest" not in alma.browser().get(f"{address}/movers.csv?value-0=500&value-1=900").get_data(as_text=True)


def test_htmx_gets_what_the_thresholds_mean_alone(cafe: Shop, alma: Person) -> None:
    circle(cafe)
    spenders(cafe, "10", "60")
    address = f"/b/{cafe.slug}/tiers?value-0=5&value-1=130"
    part = alma.browser().get(address, headers={"HX-Request": "true"}).get_data(as_text=True)
    assert "0 would drop, 1 would rise" in part and "<html" not in part


def test_multipliers_are_checked_against_the_base_rate(cafe: Shop, alma: Person) -> None:
    tiers = [{"name": "Gold", "threshold": {"type": "spending", "value": 100}, "multipliers": {"points": "1.25"}}]
    circle(cafe, ruleConfig={"tiers": tiers, "evaluationPeriod": "yearly"})
    address = f"/b/{cafe.slug}/tiers"
    assert "no points program yet" in alma.browser().get(address).get_data(as_text=True)
    live_points(cafe)
    page = alma.browser().get(address).get_data(as_text=True)
    for words in (
        "₴10 earns 20 points in Bean points.",
        "Gold earns 1.25×: 25 points.",
        "The base rate is counted once.",
    ):
        assert words in page, words


def test_movers_come_in_pages_each_once(cafe: Shop) -> None:
    program_id = circle(cafe)
    spenders(cafe, *["10"] * 5)
    with unit_of_work(cafe.id):
        version, now = newest_versions([program_id])[program_id], clock.now()
        seen: list[UUID] = []
        cursor: str | None = None
        for _ in range(3):
            found = movers(version, (500, 10_000), now, is_rise=True, cursor=cursor, limit=2)
            seen += [row["memberId"] for row in found.rows]
            cursor = found.next_cursor
        assert (len(seen), len(set(seen)), cursor) == (5, 5, None)
        with pytest.raises(UnknownCursor):
            movers(version, (500, 10_000), now, is_rise=True, cursor="junk")


def test_the_ladder_counts_where_members_stand(cafe: Shop) -> None:
    program_id = circle(cafe)
    spenders(cafe, "10", "60", "150", "9000")
    with unit_of_work(cafe.id):
        version = newest_versions([program_id])[program_id]
        assert spread(version, 20_000, 4, clock.now()) == [1, 1, 0, 2]


@pytest.mark.parametrize("size", [1, 12])
def test_the_figures_take_the_same_few_statements(cafe: Shop, size: int) -> None:
    program_id = circle(cafe)
    spenders(cafe, *["60"] * size)
    with unit_of_work(cafe.id):
        version, now = newest_versions([program_id])[program_id], clock.now()
        for read in (
            lambda: tier_programs(now),
            lambda: placed(version, (500, 10_000), now),
            lambda: spread(version, 13_000, 24, now),
            lambda: movers(version, (500, 7_000), now, is_rise=False, limit=100),
            lambda: latest_changes(program_id),
        ):
            with counted() as statements:
                read()
            assert len(statements) == 1, statements


@pytest.mark.parametrize("path", ["", "/{}/publish?value-0=70&value-1=90"])
def test_pages_take_the_same_statements_however_many_take_part(cafe: Shop, alma: Person, path: str) -> None:
    program_id, browser, taken = circle(cafe), alma.browser(), []
    for more in (1, 11):
        spenders(cafe, *["60"] * more)
        browser.get(f"/b/{cafe.slug}/tiers{path.format(program_id)}")
        with counted() as statements:
            assert browser.get(f"/b/{cafe.slug}/tiers{path.format(program_id)}").status_code == 200
        taken.append(len(statements))
    assert taken[0] == taken[1]
