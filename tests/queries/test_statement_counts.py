"""A list costs the same few statements, however long it is."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import Any

import pytest
from sqlalchemy import event

from app.core.tenancy import db
from app.core.unit_of_work import session, unit_of_work
from app.domain.lifecycle import Action
from app.queries.currency import currency
from app.queries.ledger_entries import ledger_of
from app.queries.members import members_slice
from app.queries.programs import programs_page
from app.queries.purchases import purchases_slice
from app.services.member_rows import insert_members, new_row
from app.services.program_lifecycle import move_programs
from tests.factories.businesses import Shop
from tests.factories.programs import owner_of, punch_card


@pytest.mark.parametrize("size", [1, 30])
def test_lists_take_at_most_three_statements(cafe: Shop, size: int) -> None:
    for number in range(size):
        punch_card(cafe, name=f"Card {number}")
    with unit_of_work(cafe.id):
        insert_members([new_row(name=f"Member {number}") for number in range(size)])
    with unit_of_work(cafe.id):
        currency()
        member_id = members_slice().rows[0]["id"]
        lists: list[Callable[[], Any]] = [
            lambda: programs_page(page_size=100),
            lambda: programs_page(status="ACTIVE", q="card", sort="enrollmentCount", page_size=100),
            lambda: members_slice(q="memb", limit=100),
            lambda: purchases_slice("UAH", limit=100),
            lambda: ledger_of(member_id, "UAH", limit=100),
        ]
        for read in lists:
            with counted() as statements:
                read()
            assert len(statements) <= 3, statements


def test_a_bulk_of_programs_looks_and_locks_once(cafe: Shop) -> None:
    ids = [punch_card(cafe, name=f"Card {number}") for number in range(20)]
    with unit_of_work(cafe.id), counted() as statements:
        moved = move_programs(ids, Action.ACTIVATE, actor=owner_of(cafe))
        session().flush()
    assert all(each.status == "ACTIVE" for each in moved)
    assert len(statements) <= 12, statements


@contextmanager
def counted() -> Iterator[list[str]]:
    """The statements that reach the database inside."""
    seen: list[str] = []

    def note(*arguments: Any) -> None:
        seen.append(arguments[2])

    event.listen(db.engine, "before_cursor_execute", note)
    try:
        yield seen
    finally:
        event.remove(db.engine, "before_cursor_execute", note)
