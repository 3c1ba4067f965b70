"""Imports of members: what a file does, exactly once, and how it is undone."""

from __future__ import annotations

from typing import Any
from uuid import UUID

import pytest
from sqlalchemy import func, select

from app.core.unit_of_work import session, unit_of_work
from app.domain.errors import Conflict, ValidationErrors
from app.jobs.operations import run_operations
from app.models.enrollment import Enrollment
from app.models.ledger import LedgerEntry
from app.models.member import Member
from app.models.member_import import MemberImport, MemberImportRow
from app.models.member_word import MemberWord
from app.models.outbox import OutboxEvent
from app.queries.operations import operation
from app.queries.verification import breaks
from app.services.adjustments import adjust_points
from app.services.member_imports import choose_columns, keep_file, start_import, undo_import
from tests.factories.businesses import Shop
from tests.factories.programs import owner_of
from tests.factories.trade import join, live_points, sell

FILE = """Name,Phone,E-mail,Birthday,External id,Tags,Points
Cleo Ray,067 123 45 67,CLEO@Example.com,1990-03-08,0042,"vip, dog",340
Dan Brown,,dan@example.com,33005,,,60
Nobody,12,,,,,
,,,,,,5
Eve,,eve@example.com,,,,-5
Dan again,,DAN@example.com,,,,1
"""


def kept(shop: Shop, text: str, encoding: str = "utf-8") -> UUID:
    """Upload a file."""
    with unit_of_work(shop.id):
        return keep_file("members.csv", text.encode(encoding), actor=owner_of(shop))


def checked(shop: Shop, import_id: UUID, program_id: UUID | None, mode: str = "add") -> dict[str, Any]:
    """Check it with the guessed columns; returns the totals."""
    with unit_of_work(shop.id) as current:
        columns = dict(current.scalars(select(MemberImport.columns).where(MemberImport.id == import_id)).one())
    with unit_of_work(shop.id):
        choose_columns(import_id, columns, mode=mode, program_id=program_id, actor=owner_of(shop))
    with unit_of_work(shop.id) as current:
        return dict(current.scalars(select(MemberImport.totals).where(MemberImport.id == import_id)).one())


def ran(shop: Shop, import_id: UUID) -> dict[str, Any]:
    """Run it as the worker would; returns the operation."""
    with unit_of_work(shop.id):
        operation_id = start_import(import_id, actor=owner_of(shop))
    run_operations(str(shop.id))
    with unit_of_work(shop.id):
        return operation(operation_id)


def undone(shop: Shop, import_id: UUID) -> dict[str, Any]:
    """Undo it as the worker would."""
    with unit_of_work(shop.id):
        operation_id = undo_import(import_id, actor=owner_of(shop))
    run_operations(str(shop.id))
    with unit_of_work(shop.id):
        return operation(operation_id)


def imported(shop: Shop, text: str, program_id: UUID | None, mode: str = "add") -> UUID:
    """Upload, check and run."""
    import_id = kept(shop, text)
    checked(shop, import_id, program_id, mode)
    ran(shop, import_id)
    return import_id


def test_a_file_makes_members_and_says_what_is_wrong_with_each_row(cafe: Shop) -> None:
    program_id = live_points(cafe)
    import_id = kept(cafe, FILE)
    totals = checked(cafe, import_id, program_id)
    assert (totals["created"], totals["failed"], totals["points"], totals["liability"]) == (2, 4, 400, 800)
    assert problems(cafe, import_id) == [
        "Enter a phone number with its country code, such as +380 50 123 4567.",
        "The row names nobody: it has no phone, e-mail, external id or member number.",
        "Eve has 0 points. Take away 0 or less.",
        "Line 3 of the file is about the same member.",
    ]
    done = ran(cafe, import_id)
    assert (done["state"], done["done"], done["figures"]) == ("done", 2, {"created": 2, "points": 400})
    with unit_of_work(cafe.id) as current:
        cleo = current.scalars(select(Member).where(Member.external_id == "0042")).one()
        assert (cleo.phone, cleo.email, str(cleo.birthday)) == ("+380671234567", "cleo@example.com", "1990-03-08")
        dan = current.scalars(select(Member).where(Member.email == "dan@example.com")).one()
        assert str(dan.birthday) == "1990-05-12", "the day that Excel numbers 33005"
        assert sorted(current.scalars(select(Enrollment.balance))) == [60, 340]
        assert current.scalar(select(func.count()).where(MemberWord.word == "cleo")) == 1
    assert_books_add_up(cafe)


@pytest.mark.parametrize(("encoding", "mark"), [("utf-8-sig", ","), ("utf-16", ";"), ("utf-8", "\t")])
def test_any_encoding_and_separator_is_read(cafe: Shop, encoding: str, mark: str) -> None:
    import_id = kept(cafe, f"Name{mark}Phone\nЖозефіна Ü{mark}'+380671234567\n", encoding)
    assert checked(cafe, import_id, None)["created"] == 1
    ran(cafe, import_id)
    with unit_of_work(cafe.id) as current:
        assert current.execute(select(Member.name, Member.phone)).one() == ("Жозефіна Ü", "+380671234567")


def test_members_are_found_by_any_key_and_changed_by_what_is_filled_in(cafe: Shop) -> None:
    cleo = join(cafe, "Cleo", phone="+380671234567", email="cleo@example.com")
    text = "Customer name,Phone number,Email address,Note\nCleo Ray,067-123-45-67,,Oat milk\n"
    import_id = kept(cafe, text)
    assert checked(cafe, import_id, None) == {"dayOrder": "day first", "updated": 1, "liability": 0}
    ran(cafe, import_id)
    with unit_of_work(cafe.id) as current:
        member = current.scalars(select(Member)).one()
        assert (member.id, member.name, member.email, member.note) == (cleo, "Cleo Ray", "cleo@example.com", "Oat milk")


def test_a_row_that_means_two_members_is_refused(cafe: Shop) -> None:
    join(cafe, "Cleo", phone="+380671234567")
    join(cafe, "Dan", email="dan@example.com")
    import_id = kept(cafe, "Phone,Email\n0671234567,dan@example.com\n")
    assert checked(cafe, import_id, None)["failed"] == 1
    assert "belong to different members" in problems(cafe, import_id)[0]
    with unit_of_work(cafe.id), pytest.raises(Conflict, match="No row can be imported"):
        start_import(import_id, actor=owner_of(cafe))


def test_add_to_and_set_to(cafe: Shop) -> None:
    program_id = live_points(cafe)
    cleo = join(cafe, "Cleo", email="cleo@example.com")
    sell(cafe, cleo, "10")
    imported(cafe, "Email,Points\ncleo@example.com,30\n", program_id, "add")
    assert balance(cafe) == 50
    imported(cafe, "Email,Points\ncleo@example.com,30\n", program_id, "set")
    assert balance(cafe) == 30
    imported(cafe, "Email,Points\ncleo@example.com,-5\n", program_id, "add")
    assert balance(cafe) == 25
    assert_books_add_up(cafe)


def test_an_import_and_its_undo_leave_the_totals_of_before(cafe: Shop) -> None:
    program_id = live_points(cafe)
    cleo = join(cafe, "Cleo", email="cleo@example.com", birthday="1990-01-02")
    sell(cafe, cleo, "10")
    before = totals_of(cafe)
    import_id = imported(
        cafe,
        "Name,Email,Phone,Birthday,Points\nCleo Ray,cleo@example.com,0671234567,1991-01-01,30\n"
        "Dan,dan@example.com,,,60\nEve,eve@example.com,,,\n",
        program_id,
    )
    assert totals_of(cafe) != before
    done = undone(cafe, import_id)
    assert (done["state"], done["figures"]) == ("done", {"undone": 3, "kept": 0})
    assert totals_of(cafe) == before
    with unit_of_work(cafe.id) as current:
        member = current.scalars(select(Member).where(Member.id == cleo)).one()
        assert (member.name, member.phone, str(member.birthday)) == ("Cleo", None, "1990-01-02")
        assert current.scalar(select(func.count()).where(MemberWord.word == "ray")) == 0
        assert "dan@example.com" not in str(current.execute(select(MemberImportRow.cells)).all())
    assert_books_add_up(cafe)
    with unit_of_work(cafe.id), pytest.raises(Conflict, match="has run"):
        undo_import(import_id, actor=owner_of(cafe))


def test_an_undo_keeps_whom_something_has_happened_to_and_owes_what_is_spent(cafe: Shop) -> None:
    program_id = live_points(cafe)
    import_id = imported(cafe, "Name,Email,Points\nDan,dan@example.com,60\n", program_id)
    with unit_of_work(cafe.id) as current:
        dan = current.scalars(select(Member.id)).one()
    with unit_of_work(cafe.id):
        adjust_points(dan, program_id, -50, "Spent elsewhere", owner_of(cafe))
    assert undone(cafe, import_id)["figures"] == {"undone": 0, "kept": 1}
    with unit_of_work(cafe.id) as current:
        book = current.scalars(select(Enrollment)).one()
        assert (book.balance, book.owed, book.lifetime) == (0, 50, 0)
    assert_books_add_up(cafe)


def test_starting_twice_and_running_twice_do_it_once(cafe: Shop) -> None:
    program_id = live_points(cafe)
    import_id = kept(cafe, "Email,Points\ncleo@example.com,30\n")
    checked(cafe, import_id, program_id)
    with unit_of_work(cafe.id):
        first = start_import(import_id, actor=owner_of(cafe))
    with unit_of_work(cafe.id):
        assert start_import(import_id, actor=owner_of(cafe)) == first
    run_operations(str(cafe.id))
    run_operations(str(cafe.id))
    assert balance(cafe) == 30


def test_history_sends_no_message(cafe: Shop) -> None:
    imported(cafe, "Email,Points\ncleo@example.com,30\n", live_points(cafe))
    with unit_of_work(cafe.id) as current:
        events = current.scalars(select(OutboxEvent).where(OutboxEvent.aggregate == "member")).all()
        assert [(each.sequence, each.payload["historical"]) for each in events] == [(1, True), (2, True)]
        assert current.scalars(select(Member.event_sequence)).one() == 2


@pytest.mark.parametrize(
    ("content", "words"),
    [
        (b"", "empty"),
        (b"Name,Phone\n", "no rows"),
        (b"PK\x03\x04xxxx", "workbook"),
        (b"Name\n\xff\xfe\xfa\n", "UTF-8"),
        (b"Name\0x\n1\n", "CSV"),
    ],
)
def test_a_file_that_is_no_table_says_what_to_do(cafe: Shop, content: bytes, words: str) -> None:
    with unit_of_work(cafe.id), pytest.raises(ValidationErrors, match=words):
        keep_file("x.csv", content, actor=owner_of(cafe))


def balance(shop: Shop) -> int:
    with unit_of_work(shop.id) as current:
        return current.scalars(select(Enrollment.balance)).one()


def problems(shop: Shop, import_id: UUID) -> list[str]:
    with unit_of_work(shop.id) as current:
        mine = select(MemberImportRow.problem).where(MemberImportRow.import_id == import_id)
        return list(current.scalars(mine.where(MemberImportRow.state == "failed").order_by(MemberImportRow.number)))


def totals_of(shop: Shop) -> tuple[Any, ...]:
    """Members, points held, given in all, and expired."""
    with unit_of_work(shop.id):
        members = session().scalar(select(func.count()).select_from(Member).where(Member.erased_at.is_(None)))
        sums = select(*(func.sum(getattr(Enrollment, name)) for name in ("balance", "pending", "owed", "lifetime")))
        entries = select(func.sum(LedgerEntry.amount))
        return (members, *session().execute(sums).one(), session().scalar(entries))


def assert_books_add_up(shop: Shop) -> None:
    with unit_of_work(shop.id) as current:
        assert list(breaks(current(), shop.id)) == []
