"""A list costs the same few statements, however long it is."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest

from app.core.unit_of_work import session, unit_of_work
from app.domain.lifecycle import Action
from app.queries.audit import AuditFilter, audit_slice, target_names
from app.queries.businesses import locations_page
from app.queries.currency import currency
from app.queries.ledger_entries import ledger_of
from app.queries.members import members_slice
from app.queries.programs import programs_page
from app.queries.purchases import purchases_slice
from app.queries.sign_ins import live_sign_ins
from app.queries.staff import api_keys_page, open_invitations, staff_page
from app.services.api_keys import create_api_key
from app.services.businesses import create_location, update_location
from app.services.invitations import invite_staff
from app.services.member_rows import insert_members, new_row
from app.services.program_lifecycle import move_programs
from app.services.staff import add_staff
from tests.factories.businesses import Shop, address
from tests.factories.programs import owner_of, punch_card
from tests.support.statements import counted


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


@pytest.mark.parametrize("size", [1, 30])
def test_the_lists_of_the_settings_take_at_most_three_statements(cafe: Shop, size: int) -> None:
    boss = owner_of(cafe)
    with unit_of_work(cafe.id):
        for number in range(size):
            place = create_location({"name": f"Place {number}"}, boss)
            update_location(place, {"name": f"Place of {number}"}, boss)
            add_staff(f"Ben {number}", address("ben"), "staff", None, None, boss)
            invite_staff(address("mia"), "Mia", "staff", boss)
            create_api_key(f"Key {number}", "staff", None, boss)
    with unit_of_work(cafe.id):
        records = audit_slice(AuditFilter(), limit=100).rows
        lists: list[Callable[[], Any]] = [
            lambda: audit_slice(AuditFilter(actor_id=boss.id, target_kinds=("location",)), limit=100),
            lambda: target_names(records),
            lambda: staff_page(None, 100),
            open_invitations,
            lambda: api_keys_page(None, 100),
            lambda: locations_page(1, 100),
            lambda: live_sign_ins(cafe.owner.user_id),
        ]
        for read in lists:
            with counted() as statements:
                read()
            assert len(statements) <= 3, statements
