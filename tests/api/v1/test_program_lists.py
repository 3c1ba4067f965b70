"""GET programs: several filters at once, every order, pages, and a clear word for what it does not know."""

from __future__ import annotations

from typing import Any
from uuid import UUID

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from app.core import clock
from app.core.unit_of_work import unit_of_work
from app.domain.lifecycle import Action
from app.queries.program_filters import ProgramFilter
from app.queries.program_totals import program_totals
from app.queries.programs import SORTS, programs_page
from app.services.program_lifecycle import move_programs
from app.services.program_stats import fold_program_totals
from tests.api.v1.bodies import POINTS, PUNCH_CARD
from tests.api.v1.caller import ApiCaller
from tests.factories.businesses import Shop
from tests.factories.programs import owner_of, punch_card

BASE = "/loyalty/programs"


def names(page: dict[str, Any]) -> list[str]:
    """The names of a page, in its order."""
    return [program["name"] for program in page["data"]]


@pytest.fixture
def shelf(alma: ApiCaller) -> dict[str, str]:
    """Four programs: their ids by name."""
    made = {}
    for name, body, steps in (
        ("Alpha card", PUNCH_CARD, ()),
        ("Beta card", PUNCH_CARD, ("activate",)),
        ("Gamma points", POINTS, ("activate", "pause")),
        ("Delta points", POINTS, ("activate", "end")),
    ):
        made[name] = alma.post(BASE, {**body, "name": name}, expect=201)["id"]
        for step in steps:
            alma.post(f"{BASE}/{made[name]}/{step}")
    return made


@pytest.mark.parametrize(
    ("query", "found"),
    [
        ("status=active,paused", {"Beta card", "Gamma points"}),
        ("status=Active&status=PAUSED", {"Beta card", "Gamma points"}),
        ("status=draft", {"Alpha card"}),
        ("status=ended,draft&ruleType=points_based", {"Delta points"}),
        ("q=card&status=active", {"Beta card"}),
        ("q=GAM", {"Gamma points"}),
        ("q=points%20gam", {"Gamma points"}),
        ("q=amma", set()),
        ("q=%25", set()),
        ("status=scheduled", set()),
    ],
)
def test_filters_together_find_what_fits_all(
    alma: ApiCaller, shelf: dict[str, str], query: str, found: set[str]
) -> None:
    page = alma.get(f"{BASE}?{query}")
    assert set(names(page)) == found
    assert page["pagination"]["totalCount"] == len(found)


def test_an_id_finds_its_program_and_a_stranger_s_nothing(alma: ApiCaller, shelf: dict[str, str]) -> None:
    assert names(alma.get(f"{BASE}?q={shelf['Beta card']}")) == ["Beta card"]
    assert names(alma.get(f"{BASE}?q={UUID(int=7)}")) == []


@pytest.mark.parametrize("key", SORTS)
def test_every_order_is_the_other_way_round_with_a_minus(alma: ApiCaller, shelf: dict[str, str], key: str) -> None:
    rising, falling = (alma.get(f"{BASE}?sort={sign}{key}") for sign in ("", "-"))
    values = [program[key] for program in rising["data"] if program[key] is not None]
    assert values == sorted(values, key=lambda value: value.lower() if isinstance(value, str) else value)
    assert len(rising["data"]) == len(falling["data"]) == 4
    assert [p[key] for p in falling["data"] if p[key] is not None] == values[::-1]


@pytest.mark.parametrize("key", ["-createdAt", "name", "-enrollmentCount", "endsAt"])
def test_pages_follow_one_another_without_gap_or_repetition(alma: ApiCaller, shelf: dict[str, str], key: str) -> None:
    whole = names(alma.get(f"{BASE}?sort={key}"))
    pages = [alma.get(f"{BASE}?sort={key}&pageSize=3&page={number}") for number in (1, 2, 3)]
    assert [name for page in pages for name in names(page)] == whole
    assert [page["pagination"]["totalPages"] for page in pages] == [2, 2, 2]
    assert pages[2]["data"] == []


@pytest.mark.parametrize(
    ("query", "field"),
    [
        ("status=sleeping", "status"),
        ("status=active,", "status"),
        ("ruleType=BINGO", "ruleType"),
        ("sort=colour", "sort"),
        ("page=0", "page"),
        ("pageSize=101", "pageSize"),
        ("locationId=here", "locationId"),
        ("colour=red", "colour"),
    ],
)
def test_what_it_does_not_know_is_said_by_name(alma: ApiCaller, query: str, field: str) -> None:
    problem = alma.get(f"{BASE}?{query}", expect=400)
    assert problem["code"] == "invalid_query"
    assert field in problem["errors"]


def test_a_parameter_given_twice_is_refused_unless_it_may_be(alma: ApiCaller) -> None:
    assert "ruleType is given more than once" in alma.get(f"{BASE}?ruleType=A&ruleType=B", expect=400)["detail"]


def test_a_changed_name_is_found_and_the_old_one_not(alma: ApiCaller, shelf: dict[str, str]) -> None:
    alma.put(f"{BASE}/{shelf['Beta card']}", {"name": "Omega card", "description": "Zebra"})
    assert names(alma.get(f"{BASE}?q=omega")) == ["Omega card"]
    assert names(alma.get(f"{BASE}?q=zeb")) == ["Omega card"]
    assert names(alma.get(f"{BASE}?q=beta")) == []


ACTIONS = st.sampled_from([Action.ACTIVATE, Action.PAUSE, Action.RESUME, Action.END, Action.DELETE])


@settings(max_examples=12, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(steps=st.lists(st.tuples(ACTIONS, st.sets(st.integers(0, 3)), st.booleans()), max_size=8))
def test_kept_totals_are_what_counting_says_after_whatever_was_done(
    cafe: Shop, steps: list[tuple[Action, set[int], bool]]
) -> None:
    ids = [punch_card(cafe, name=f"Card {number}") for number in range(4)]
    for action, places, is_folded in steps:
        with unit_of_work(cafe.id):
            move_programs([ids[place] for place in sorted(places)], action, actor=owner_of(cafe))
        if is_folded:
            with unit_of_work(cafe.id):
                fold_program_totals()
    with unit_of_work(cafe.id):
        totals = program_totals(ProgramFilter(rule_type="PUNCH_CARD"), clock.now())
        counted = [row["status"] for row in programs_page(page_size=1000).rows]
        assert {status.value: total for status, total in totals.items() if total} == {
            status: counted.count(status) for status in set(counted)
        }
