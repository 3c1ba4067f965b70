"""The tiers page says who is where, what changed, and what other thresholds would make of everybody."""

from __future__ import annotations

from datetime import timedelta
from typing import Any
from uuid import UUID

from sqlalchemy import select

from app.core import clock
from app.core.unit_of_work import session, unit_of_work
from app.models.audit_log import AuditRecord
from app.models.enrollment import Enrollment
from app.models.tier_history import TierHistory
from app.queries.live_versions import newest_versions
from app.queries.tier_figures import placed
from app.queries.verification import breaks
from app.services.programs import create_program
from tests.factories.businesses import Shop
from tests.factories.people import Person, submit
from tests.factories.programs import owner_of
from tests.factories.trade import activated, join, sell

TIERS = [
    {"name": "Silver", "threshold": {"type": "spending", "value": 50}},
    {"name": "Gold", "threshold": {"type": "spending", "value": 100}},
]


def circle(shop: Shop, *, can_fall: bool = True, period: str = "quarterly", **fields: Any) -> UUID:
    """Make a tier program and start it."""
    config = {"tiers": TIERS, "evaluationPeriod": period, "degradationRules": {"enabled": can_fall}}
    body = {"name": "The circle", "ruleType": "TIER_BASED", "ruleConfig": config, **fields}
    with unit_of_work(shop.id):
        program_id = create_program(body, actor=owner_of(shop))
    return activated(shop, program_id)


def spenders(shop: Shop, *amounts: str) -> None:
    """Make a member for each amount spent."""
    for number, amount in enumerate(amounts):
        sell(shop, join(shop, f"Guest {number}"), amount)


def test_who_is_where_and_what_changed(cafe: Shop, alma: Person, ben: Person) -> None:
    address = f"/b/{cafe.slug}/tiers"
    assert "No tiers yet" in alma.browser().get(address).get_data(as_text=True)
    circle(cafe)
    spenders(cafe, "10", "60", "150", "120")
    page = alma.browser().get(address).get_data(as_text=True)
    for words in ("4 members take part", "from ₴100 a quarter", "50.0 %", "25.0 %", "Guest 2", "Reached by what was"):
        assert words in page, words
    shares = page.partition("Who is where")[2]
    assert shares.index("Gold") < shares.index("Silver") < shares.index("No tier yet")
    assert ben.browser().get(address).status_code == 403


def test_other_thresholds_are_tried_and_nothing_changes(cafe: Shop, alma: Person) -> None:
    program_id = circle(cafe)
    spenders(cafe, "10", "60", "150", "120")
    browser, address = alma.browser(), f"/b/{cafe.slug}/tiers"
    tried = browser.get(f"{address}?program={program_id}&value-0=5&value-1=130").get_data(as_text=True)
    assert "1 would drop, 1 would rise" in tried
    assert "Gold 25.0 % (1 person)" in tried and "Silver 75.0 % (3 people)" in tried and "No tier yet 0.0 %" in tried
    assert 'value="130"' in tried
    wrong = browser.get(f"{address}?value-0=200&value-1=130")
    said = wrong.get_data(as_text=True)
    assert wrong.status_code == 422
    assert "Gold must need more than Silver (₴200)" in said and 'value="200"' in said
    assert browser.get(f"{address}?value-0=lots&value-1=130").status_code == 422
    assert "would drop" not in browser.get(address).get_data(as_text=True)
    assert browser.get(f"{address}?program=none").status_code == 404


def test_where_tiers_are_never_lost_nobody_would_drop(cafe: Shop, alma: Person) -> None:
    circle(cafe, can_fall=False)
    spenders(cafe, "60", "150")
    tried = alma.browser().get(f"/b/{cafe.slug}/tiers?value-0=500&value-1=900").get_data(as_text=True)
    assert "0 would drop, 0 would rise" in tried and "Gold 50.0 % (1 person)" in tried


def test_what_counted_before_the_running_period_counts_no_more(cafe: Shop) -> None:
    program_id = circle(cafe, period="monthly")
    spenders(cafe, "150")
    with unit_of_work(cafe.id):
        version = newest_versions([program_id])[program_id]
        now = clock.now()
        assert placed(version, (50, 100), now).would_be == (0, 0, 1)
        later = placed(version, (5000, 10000), now + timedelta(days=40))
        assert (later.held, later.would_be, later.falling) == ((0, 0, 1), (1, 0, 0), 1)


def test_a_member_is_lifted_by_hand_with_a_reason_and_never_down(cafe: Shop, alma: Person, ben: Person) -> None:
    program_id = circle(cafe)
    cleo = join(cafe, "Cleo")
    sell(cafe, cleo, "60")
    browser, page = alma.browser(), f"/b/{cafe.slug}/members/{cleo}"
    address = f"{page}/tier"
    assert address in browser.get(page).get_data(as_text=True)
    form = browser.get(address).get_data(as_text=True)
    assert "Gold, The circle" in form and "Silver, The circle" not in form
    silent = submit(browser, address, tier=f"{program_id} Gold", reason="")
    assert silent.status_code == 422
    assert 'id="reason-error"' in silent.get_data(as_text=True)
    assert submit(browser, address, tier="Gold", reason="Birthday").status_code == 422
    assert submit(ben.browser(), address, tier=f"{program_id} Gold", reason="Friend").status_code == 403
    assert submit(browser, address, tier=f"{program_id} Gold", reason="Birthday").status_code == 303
    shown = browser.get(page).get_data(as_text=True)
    assert "Now Gold" in shown and "By hand" in shown
    assert submit(browser, address, tier=f"{program_id} Silver", reason="Back").status_code == 422
    with unit_of_work(cafe.id):
        rows = session().scalars(select(TierHistory).order_by(TierHistory.number)).all()
        assert [(row.to_tier, row.reason) for row in rows] == [("Silver", "automatic"), ("Gold", "manual_promotion")]
        assert "member.tier_lifted" in session().scalars(select(AuditRecord.action)).all()
        assert session().scalars(select(Enrollment.tier)).all() == ["Gold"]
        assert list(breaks(session(), cafe.id)) == []
