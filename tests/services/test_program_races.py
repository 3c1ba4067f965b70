"""Many hands on one program at once: whatever they do, its history is one line."""

from __future__ import annotations

import random
from concurrent.futures import ThreadPoolExecutor
from datetime import datetime
from itertools import pairwise
from threading import Barrier
from uuid import UUID

from flask import Flask
from sqlalchemy import select

from app.core.unit_of_work import session, unit_of_work
from app.domain.errors import Conflict, PreconditionFailed
from app.domain.lifecycle import Action
from app.models.audit_log import AuditRecord
from app.models.outbox import OutboxEvent
from app.models.program import LivePeriod, Program, ProgramVersion
from app.services.program_lifecycle import move_program, move_programs
from app.services.programs import update_program
from tests.factories.businesses import Shop
from tests.factories.programs import PUNCH_CONFIG, owner_of, punch_card

HANDS = 8
ROUNDS = 50
ACTIONS = (Action.ACTIVATE, Action.PAUSE, Action.RESUME, Action.PAUSE, Action.RESUME)


def test_fifty_rounds_of_transitions_at_once_make_one_linear_history(app: Flask, cafe: Shop) -> None:
    program_id = punch_card(cafe)
    start = Barrier(HANDS)

    def hand(number: int) -> int:
        chance = random.Random(number)
        start.wait()
        with app.app_context():
            return sum(_acted(cafe, program_id, chance) for _ in range(ROUNDS))

    with ThreadPoolExecutor(HANDS) as pool:
        succeeded = sum(pool.map(hand, range(HANDS)))
    assert succeeded > HANDS
    _assert_linear(cafe, program_id)


def test_of_many_activations_at_once_one_succeeds(app: Flask, cafe: Shop) -> None:
    program_id = punch_card(cafe)
    start = Barrier(HANDS)

    def hand(_: int) -> bool:
        start.wait()
        with app.app_context():
            return _moved(cafe, program_id, Action.ACTIVATE)

    with ThreadPoolExecutor(HANDS) as pool:
        assert sum(pool.map(hand, range(HANDS))) == 1
    _assert_linear(cafe, program_id)


def test_of_many_changes_with_one_if_match_one_succeeds(app: Flask, cafe: Shop) -> None:
    program_id = punch_card(cafe)
    start = Barrier(HANDS)

    def hand(number: int) -> bool:
        start.wait()
        with app.app_context():
            try:
                with unit_of_work(cafe.id):
                    update_program(program_id, {"name": f"Card {number}"}, actor=owner_of(cafe), if_match=1)
            except PreconditionFailed:
                return False
            return True

    with ThreadPoolExecutor(HANDS) as pool:
        assert sum(pool.map(hand, range(HANDS))) == 1


def _acted(shop: Shop, program_id: UUID, chance: random.Random) -> bool:
    if chance.random() < 0.3:
        config = {**PUNCH_CONFIG, "punchesRequired": chance.randint(2, 50)}
        with unit_of_work(shop.id):
            update_program(program_id, {"ruleConfig": config}, actor=owner_of(shop))
        return True
    if chance.random() < 0.3:
        with unit_of_work(shop.id):
            (moved,) = move_programs([program_id], chance.choice(ACTIONS), actor=owner_of(shop))
        return moved.refusal is None
    return _moved(shop, program_id, chance.choice(ACTIONS))


def _moved(shop: Shop, program_id: UUID, action: Action) -> bool:
    try:
        with unit_of_work(shop.id):
            move_program(program_id, action, actor=owner_of(shop))
    except Conflict:
        return False
    return True


def _assert_linear(shop: Shop, program_id: UUID) -> None:
    """Every change counted, numbered and audited once, and the spans one after another."""
    with unit_of_work(shop.id):
        program = session().scalars(select(Program).where(Program.id == program_id)).one()
        events = session().scalars(select(OutboxEvent.sequence).where(OutboxEvent.aggregate_id == program_id))
        numbers = session().scalars(select(ProgramVersion.number).where(ProgramVersion.program_id == program_id))
        audited = session().scalars(select(AuditRecord.id).where(AuditRecord.target_id == program_id))
        periods = session().scalars(select(LivePeriod).where(LivePeriod.program_id == program_id)).all()
        assert sorted(events) == list(range(1, program.event_sequence + 1))
        assert sorted(numbers) == list(range(1, program.newest_version + 1))
        assert len(list(audited)) == program.version
        _assert_one_after_another([(period.live_from, period.live_to) for period in periods], program.state)


def _assert_one_after_another(spans: list[tuple[datetime, datetime | None]], state: str) -> None:
    closed = sorted((begin, end) for begin, end in spans if end is not None)
    still_open = [begin for begin, end in spans if end is None]
    assert len(still_open) == (state == "active")
    assert all(earlier[1] <= later[0] for earlier, later in pairwise(closed))
    assert all(end <= begin for begin in still_open for _, end in closed)
