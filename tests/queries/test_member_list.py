"""The list of members costs three statements whatever is asked, and every filter finds whom it means."""

from __future__ import annotations

import pytest

from app.core.ids import new_id
from app.core.unit_of_work import unit_of_work
from app.queries.member_list import members_page
from app.queries.member_search import MemberFilter
from app.services.member_tags import tag_members
from tests.factories.businesses import Shop
from tests.factories.programs import owner_of
from tests.factories.trade import join, live_points, live_punch_card, sell
from tests.support.statements import counted


@pytest.mark.parametrize("size", [1, 20])
def test_a_page_costs_three_statements(cafe: Shop, size: int) -> None:
    live_points(cafe)
    live_punch_card(cafe)
    members = [join(cafe, f"Guest {number}") for number in range(size)]
    for member_id in members:
        sell(cafe, member_id, "10")
    with unit_of_work(cafe.id):
        tag_members(members, "VIP", actor=owner_of(cafe))
        members_page(MemberFilter())  # the programs' versions are known from here on
    everything = MemberFilter(
        q="gue", status="active", segment="new", tag_id=new_id(), program_id=new_id(), last_visit="week", birth_month=3
    )
    for wanted in (MemberFilter(), MemberFilter(last_visit="month"), everything):
        with unit_of_work(cafe.id), counted() as statements:
            page = members_page(wanted)
        assert len(statements) <= 3, statements
    assert page.total == 0


def test_what_a_row_says(cafe: Shop) -> None:
    live_points(cafe)
    cleo = join(cafe, "Cleo")
    sell(cafe, cleo, "10")
    sell(cafe, cleo, "32.50")
    with unit_of_work(cafe.id):
        tag_members([cleo], "b", actor=owner_of(cafe))
        tag_members([cleo], "A", actor=owner_of(cafe))
    with unit_of_work(cafe.id):
        page = members_page(MemberFilter())
    (row,) = page.members.rows
    assert (row["spent"], row["tags"], row["enrollments"][0]["balance"]) == (4250, ["A", "b"], 85)
    assert page.total == 1


def test_nobody_sees_another_business_s_members(cafe: Shop, florist: Shop) -> None:
    join(cafe, "Cleo")
    with unit_of_work(florist.id):
        assert members_page(MemberFilter()).total == 0
