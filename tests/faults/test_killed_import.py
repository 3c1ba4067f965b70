"""A worker killed in the middle of an import: what was committed stands, the rest goes on, nothing happens twice."""

from __future__ import annotations

from uuid import UUID

from flask import Flask
from sqlalchemy import func, select

from app.core.unit_of_work import unit_of_work
from app.embedded.processes import wait_until
from app.models.enrollment import Enrollment
from app.models.ledger import LedgerEntry
from app.models.member import Member
from app.models.member_import import MemberImport
from app.models.purchase import Purchase
from app.queries.operations import operation
from app.queries.verification import breaks
from app.services import member_imports, purchase_imports
from app.services.purchase_imports import PurchaseFileWishes
from tests.factories.businesses import Shop
from tests.factories.programs import owner_of
from tests.factories.trade import live_points
from tests.faults.conftest import Start
from tests.support.product import kill

STEP = "member_import.step"
ROWS = 1_200
SALES_STEP = "purchase_import.step"
SALES = 2_500


def test_a_killed_worker_resumes_and_nothing_is_given_twice(cafe: Shop, app: Flask, start: Start) -> None:
    program_id = live_points(cafe)
    lines = "".join(f"Guest {number},guest{number}@example.com,10\n" for number in range(ROWS))
    owner = owner_of(cafe)
    with unit_of_work(cafe.id):
        import_id = member_imports.keep_file("guests.csv", f"Name,Email,Points\n{lines}".encode(), actor=owner)
    with unit_of_work(cafe.id):
        columns = {"name": 0, "email": 1, "points": 2}
        member_imports.choose_columns(import_id, columns, mode="add", program_id=program_id, actor=owner)
    product = start("worker_outside", "scheduler")
    assert wait_until(lambda: is_checked(cafe, import_id), 40)
    product.hold(STEP)
    with unit_of_work(cafe.id):
        operation_id = member_imports.start_import(import_id, actor=owner)
    for _ in range(2):
        kill(product.held_at(STEP))
    product.release(STEP)
    assert wait_until(lambda: state_of(cafe, operation_id) == "done", 60), product.log("worker_outside")[-2000:]
    with unit_of_work(cafe.id) as current:
        figures = operation(operation_id)["figures"]
        assert figures == {"created": ROWS, "points": 10 * ROWS}
        assert current.scalar(select(func.count()).select_from(Member)) == ROWS
        assert current.scalar(select(func.count()).select_from(LedgerEntry)) == ROWS
        assert current.scalar(select(func.sum(Enrollment.balance))) == 10 * ROWS
        assert list(breaks(current(), cafe.id)) == []


def test_a_killed_import_of_purchases_records_every_sale_once(cafe: Shop, start: Start) -> None:
    live_points(cafe, startsAt="2026-01-01T00:00:00Z")
    lines = "".join(f"{number},2026-03-28T10:15,C-{number % 50},10.00\n" for number in range(SALES))
    with unit_of_work(cafe.id):
        operation_id = purchase_imports.import_file(
            f"Order,Date,Card,Total\n{lines}".encode(), PurchaseFileWishes("old till"), actor=owner_of(cafe)
        )
    product = start("worker_outside", "worker_earning", "scheduler")
    product.hold(SALES_STEP)
    for _ in range(2):
        kill(product.held_at(SALES_STEP))
    product.release(SALES_STEP)
    assert wait_until(lambda: state_of(cafe, operation_id) == "done", 60), product.log("worker_outside")[-2000:]
    assert wait_until(lambda: not waiting(cafe), 60), product.log("worker_earning")[-2000:]
    with unit_of_work(cafe.id) as current:
        assert operation(operation_id)["figures"] == {"recorded": SALES}
        assert current.scalar(select(func.count()).select_from(Purchase)) == SALES
        assert current.scalar(select(func.count()).select_from(Member)) == 50
        assert current.scalar(select(func.sum(Enrollment.balance))) == 20 * SALES
        assert list(breaks(current(), cafe.id)) == []


def waiting(shop: Shop) -> int:
    with unit_of_work(shop.id) as current:
        return current.scalar(select(func.count()).where(Purchase.waiting)) or 0


def is_checked(shop: Shop, import_id: UUID) -> bool:
    with unit_of_work(shop.id) as current:
        wanted = select(MemberImport.totals).where(MemberImport.id == import_id)
        return "dayOrder" in current.scalars(wanted).one()


def state_of(shop: Shop, operation_id: UUID) -> str:
    with unit_of_work(shop.id):
        return str(operation(operation_id)["state"])
