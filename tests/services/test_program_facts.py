"""What is written beside every change of a program: events in order, audit rows, and what the clock does."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from uuid import UUID

from sqlalchemy import select

from app.core import clock
from app.core.unit_of_work import platform_session, session, unit_of_work
from app.domain.lifecycle import Action
from app.models.audit_log import AuditRecord
from app.models.due import Due
from app.models.outbox import OutboxEvent
from app.models.program import Program
from app.services.program_announcements import announce_programs
from app.services.program_lifecycle import move_program
from app.services.programs import update_program
from tests.factories.businesses import Shop
from tests.factories.programs import PUNCH_CONFIG, owner_of, punch_card

NOON = datetime(2026, 5, 4, 12, tzinfo=UTC)
DAY = timedelta(days=1)


def test_every_change_is_an_event_and_an_audit_row_with_who_and_what(cafe: Shop) -> None:
    program_id = punch_card(cafe)
    for action in (Action.ACTIVATE, Action.PAUSE, Action.RESUME):
        move(cafe, program_id, action)
    with unit_of_work(cafe.id):
        config = {**PUNCH_CONFIG, "punchesRequired": 5}
        update_program(program_id, {"name": "Bean card", "ruleConfig": config}, actor=owner_of(cafe))
    move(cafe, program_id, Action.DELETE)
    names = ["created", "activated", "paused", "resumed", "updated", "ended", "deleted"]
    assert events(cafe, program_id) == [f"loyalty.program.{name}" for name in names]
    with unit_of_work(cafe.id):
        columns = (AuditRecord.action, AuditRecord.actor_id, AuditRecord.before, AuditRecord.after)
        rows = session().execute(select(*columns).where(AuditRecord.target_id == program_id)).all()
    by_action = {row.action: row for row in rows}
    assert set(by_action) == {f"program.{name}" for name in names if name != "ended"}
    changed = by_action["program.updated"]
    assert changed.actor_id == cafe.owner.user_id
    assert changed.before == {"name": "Coffee card", "ruleConfig": dict(PUNCH_CONFIG)}
    assert changed.after == {"name": "Bean card", "ruleConfig": {**PUNCH_CONFIG, "punchesRequired": 5}}


def test_what_the_clock_starts_and_ends_is_announced_once(cafe: Shop) -> None:
    with clock.frozen(NOON):
        program_id = punch_card(
            cafe, startsAt=(NOON + DAY).isoformat(), endsAt=(NOON + 3 * DAY).isoformat(), isActive=True
        )
    assert announced(cafe, NOON + timedelta(hours=1)) == 0
    assert [announced(cafe, NOON + DAY), announced(cafe, NOON + DAY)] == [1, 0]
    assert [announced(cafe, NOON + 3 * DAY), announced(cafe, NOON + 4 * DAY)] == [1, 0]
    assert events(cafe, program_id)[-2:] == ["loyalty.program.activated", "loyalty.program.ended"]
    with unit_of_work(cafe.id):
        program = session().scalars(select(Program).where(Program.id == program_id)).one()
        assert program.redeem_until == NOON + 93 * DAY


def test_a_due_row_waits_for_each_start_and_end_to_come(cafe: Shop) -> None:
    with clock.frozen(NOON):
        punch_card(cafe, startsAt=(NOON + DAY).isoformat(), endsAt=(NOON + 3 * DAY).isoformat(), isActive=True)
    with platform_session():
        of_programs = select(Due.due_at).where(Due.business_id == cafe.id, Due.kind == "programs")
        assert set(session().scalars(of_programs)) == {NOON + DAY, NOON + 3 * DAY}


def test_a_start_in_a_moment_is_not_forgotten_with_the_rows_of_now(cafe: Shop) -> None:
    with clock.frozen(NOON):
        punch_card(cafe, startsAt=(NOON + DAY).isoformat(), isActive=True)
    before = due_count(cafe)
    announced(cafe, NOON + DAY - timedelta(seconds=3))
    assert due_count(cafe) == before + 1


def move(shop: Shop, program_id: UUID, action: Action) -> None:
    with unit_of_work(shop.id):
        move_program(program_id, action, actor=owner_of(shop))


def events(shop: Shop, program_id: UUID) -> list[str]:
    with unit_of_work(shop.id):
        of_program = select(OutboxEvent.event_type).where(OutboxEvent.aggregate_id == program_id)
        return list(session().scalars(of_program.order_by(OutboxEvent.sequence)))


def announced(shop: Shop, at: datetime) -> int:
    with clock.frozen(at), unit_of_work(shop.id):
        return announce_programs()


def due_count(shop: Shop) -> int:
    with platform_session():
        rows = session().scalars(select(Due.id).where(Due.business_id == shop.id, Due.kind == "programs"))
        return len(list(rows))
