"""Many rows in one statement: every kind of column comes back as it went in, and only in its own business."""

from __future__ import annotations

from collections.abc import Callable
from datetime import UTC, datetime, timedelta, timezone
from decimal import Decimal
from typing import Any

import pytest
from sqlalchemy import select

from app.core import clock
from app.core.bulk import insert_rows, together, update_rows, upsert_rows
from app.core.ids import new_id
from app.core.tenancy import ForeignBusiness, NoBusinessInScope
from app.core.unit_of_work import session, unit_of_work
from app.models.audit_log import AuditRecord
from app.models.location import Location
from tests.factories.businesses import Shop
from tests.support.statements import sent

ODD_TEXTS = [
    "",
    "NULL",
    "null",
    'say "hi"',
    "back\\slash",
    "{a,b}",
    "Ünïcode ☕ 名前",
    "line\nbreak\ttab",
    "'; DROP TABLE",
]


def _record(**fields: Any) -> dict[str, Any]:
    plain = {
        "id": new_id(),
        "actor_kind": "system",
        "actor_id": None,
        "actor_name": "",
        "action": "test",
        "target_kind": "test",
        "target_id": None,
        "before": None,
        "after": None,
        "request_id": None,
        "recorded_at": clock.now(),
    }
    return plain | fields


@pytest.mark.parametrize("text", ODD_TEXTS)
def test_text_and_json_come_back_as_they_went_in(text: str, cafe: Shop) -> None:
    row = _record(actor_name=text, after={text: [text, None, True]})
    with unit_of_work(cafe.id):
        insert_rows(AuditRecord, [row])
        found = session().get_one(AuditRecord, (cafe.id, row["id"]))
        assert (found.actor_name, found.after, found.before) == (text, {text: [text, None, True]}, None)


def test_decimals_in_json_stay_numbers_with_their_own_digits(cafe: Shop) -> None:
    row = _record(after={"rate": Decimal("0.10"), "big": 12345678901234567890, "many": Decimal("1E+2")})
    with unit_of_work(cafe.id):
        insert_rows(AuditRecord, [row])
        after = session().get_one(AuditRecord, (cafe.id, row["id"])).after
    assert after == {"rate": Decimal("0.10"), "big": 12345678901234567890, "many": 100}
    assert isinstance(after["rate"], Decimal)
    assert str(after["rate"]) == "0.10"


def test_an_instant_keeps_its_microseconds_in_any_zone(cafe: Shop) -> None:
    at = datetime(2025, 3, 30, 3, 0, 0, 123456, timezone(timedelta(hours=5, minutes=45)))
    row = _record(recorded_at=at)
    with unit_of_work(cafe.id):
        insert_rows(AuditRecord, [row])
        found = session().get_one(AuditRecord, (cafe.id, row["id"]))
        assert found.recorded_at == at
        assert found.recorded_at.tzinfo == UTC
    with pytest.raises(ValueError, match="offset"), unit_of_work(cafe.id):
        insert_rows(AuditRecord, [_record(recorded_at=at.replace(tzinfo=None))])


def test_a_thousand_rows_are_one_statement(cafe: Shop) -> None:
    with unit_of_work(cafe.id):
        statements = _counted(lambda: insert_rows(AuditRecord, [_record() for _ in range(1000)]))
        assert len(session().scalars(select(AuditRecord.id).where(AuditRecord.action == "test")).all()) == 1000
    assert statements == 1


def test_an_update_sets_each_row_s_own_values_and_answers_how_many_were_found(cafe: Shop) -> None:
    rows = [{"id": new_id(), "name": f"Place {number}", "created_at": clock.now()} for number in range(5)]
    with unit_of_work(cafe.id):
        insert_rows(Location, rows)
        changes = [{"id": row["id"], "name": f"{row['name']}!", "is_active": False} for row in rows]
        assert (
            update_rows(
                Location, [*changes, {"id": new_id(), "name": "x", "is_active": True}], set_=("name", "is_active")
            )
            == 5
        )
    with unit_of_work(cafe.id):
        names = session().scalars(select(Location.name).where(Location.is_active.is_(False)).order_by(Location.name))
        assert names.all() == [f"Place {number}!" for number in range(5)]


def test_what_exists_may_be_left_alone_and_only_new_rows_are_answered(cafe: Shop) -> None:
    first, second = ({"id": new_id(), "name": name, "created_at": clock.now()} for name in ("one", "two"))
    with unit_of_work(cafe.id):
        insert_rows(Location, [first])
        answered = insert_rows(Location, [first, second], on_conflict_do_nothing=True, returning=("id", "name"))
    assert [tuple(row) for row in answered] == [(second["id"], "two")]


def test_what_is_inserted_together_is_as_few_statements_as_the_driver_keeps_parsed(cafe: Shop) -> None:
    records = [_record(action=str(place)) for place in range(7)]
    place = {"id": new_id(), "name": "Main", "created_at": clock.now()}
    with unit_of_work(cafe.id) as current, sent() as statements:
        with together():
            upsert_rows(Location, [place])
            for record in records:
                insert_rows(AuditRecord, [record])
            assert statements == []
        assert [len(values) for _, values in statements] == [40, 48]
        assert all(len(sql) <= 4096 for sql, _ in statements)
        assert session().get_one(Location, (cafe.id, place["id"])).name == "Main"
        actions = select(AuditRecord.action).where(AuditRecord.id.in_([record["id"] for record in records]))
        assert set(current.scalars(actions)) == set("0123456")


def test_rows_that_are_answered_are_not_put_off(cafe: Shop) -> None:
    place = {"id": new_id(), "name": "Main", "created_at": clock.now()}
    with unit_of_work(cafe.id), together():
        assert len(insert_rows(Location, [place], returning=("id",))) == 1


def test_of_a_block_that_fails_nothing_is_sent(cafe: Shop) -> None:
    place = {"id": new_id(), "name": "Main", "created_at": clock.now()}
    with unit_of_work(cafe.id) as current:
        with pytest.raises(LookupError), together():
            insert_rows(Location, [place])
            raise LookupError
        assert current.get(Location, (cafe.id, place["id"])) is None
        insert_rows(Location, [place])
        assert current.get(Location, (cafe.id, place["id"])) is not None


def test_another_unit_of_work_in_the_block_writes_its_own_rows_at_once(cafe: Shop, florist: Shop) -> None:
    ours, theirs = ({"id": new_id(), "name": "Main", "created_at": clock.now()} for _ in range(2))
    with unit_of_work(cafe.id) as outer, together():
        insert_rows(Location, [ours])
        with unit_of_work(florist.id):
            insert_rows(Location, [theirs])
            assert session().get(Location, (florist.id, theirs["id"])) is not None
        assert outer.get(Location, (cafe.id, ours["id"])) is None
    with unit_of_work(cafe.id) as current:
        assert current.get(Location, (cafe.id, ours["id"])) is not None


def test_no_rows_are_no_statement(cafe: Shop) -> None:
    with unit_of_work(cafe.id):
        assert _counted(lambda: (insert_rows(Location, []), update_rows(Location, [], set_=("name",)))) == 0


def test_a_row_that_names_another_business_is_refused_before_anything_is_sent(cafe: Shop, florist: Shop) -> None:
    rows = [_record(), _record(business_id=florist.id)]
    with unit_of_work(cafe.id):
        with pytest.raises(ForeignBusiness):
            insert_rows(AuditRecord, rows)
        with pytest.raises(ForeignBusiness):
            update_rows(AuditRecord, rows, set_=("action",))


def test_without_a_scope_nothing_is_written(cafe: Shop) -> None:
    with pytest.raises(NoBusinessInScope):
        insert_rows(AuditRecord, [_record()])


def _counted(work: Callable[[], object]) -> int:
    with sent() as statements:
        work()
    return len(statements)
