"""The seven events of a program say what integrations were promised: what it is, who did it, and what it was before."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import Any
from uuid import UUID

from sqlalchemy import select

from app.core import clock
from app.core.unit_of_work import session, unit_of_work
from app.domain.lifecycle import Action
from app.models.audit_log import AuditRecord
from app.models.outbox import OutboxEvent
from app.services.program_announcements import announce_programs
from app.services.program_lifecycle import move_program
from app.services.programs import update_program
from tests.factories.businesses import Shop
from tests.factories.people import Person
from tests.factories.programs import PUNCH_CONFIG, owner_of, punch_card

NOON = datetime(2026, 5, 4, 12, tzinfo=UTC)
DAY = timedelta(days=1)


def test_all_seven_events_by_hand(cafe: Shop) -> None:
    with clock.frozen(NOON):
        program_id = punch_card(cafe)
        for action in (Action.ACTIVATE, Action.PAUSE, Action.RESUME):
            move(cafe, program_id, action)
        with unit_of_work(cafe.id):
            config = {**PUNCH_CONFIG, "punchesRequired": 5}
            update_program(program_id, {"name": "Bean card", "ruleConfig": config}, actor=owner_of(cafe))
        move(cafe, program_id, Action.DELETE)
    facts = payloads(cafe, program_id)
    alma = f"user:{cafe.owner.user_id}"
    always = {"programId": str(program_id), "businessId": str(cafe.id), "ruleType": "PUNCH_CARD"}
    assert all(payload.items() >= always.items() for _, payload in facts)
    assert [(name, said(payload)) for name, payload in facts] == [
        ("created", {"status": "DRAFT", "createdBy": alma}),
        ("activated", {"status": "ACTIVE", "activatedBy": alma, "previousStatus": "DRAFT"}),
        ("paused", {"status": "PAUSED", "pausedBy": alma, "previousStatus": "ACTIVE"}),
        ("resumed", {"status": "ACTIVE", "resumedBy": alma, "previousStatus": "PAUSED"}),
        (
            "updated",
            {
                "status": "ACTIVE",
                "updatedBy": alma,
                "changes": ["Name Coffee card → Bean card", "Punches required 3 → 5"],
            },
        ),
        (
            "ended",
            {
                "status": "ENDED",
                "endedBy": alma,
                "previousStatus": "ACTIVE",
                "redeemUntil": "2026-08-02T12:00:00Z",
                "lastDay": "2026-08-02",
            },
        ),
        ("deleted", {"status": "ENDED", "deletedBy": alma, "previousStatus": "ACTIVE"}),
    ]
    assert {payload["startsAt"] for name, payload in facts if name != "created"} == {"2026-05-04T12:00:00Z"}


def test_what_the_clock_did_while_nobody_announced_is_told_in_its_order(cafe: Shop) -> None:
    with clock.frozen(NOON):
        dates = {"startsAt": (NOON + DAY).isoformat(), "endsAt": (NOON + 3 * DAY).isoformat()}
        program_id = punch_card(cafe, **dates, isActive=True)
    with clock.frozen(NOON + 4 * DAY), unit_of_work(cafe.id):
        assert (announce_programs(), announce_programs()) == (2, 0)
    facts = payloads(cafe, program_id)
    assert [name for name, _ in facts] == ["created", "updated", "activated", "ended"]
    assert said(facts[2][1]) == {"status": "ACTIVE", "activatedBy": "system", "previousStatus": "SCHEDULED"}
    assert facts[2][1]["effectiveAt"] == "2026-05-05T12:00:00Z"
    assert (facts[3][1]["endedBy"], facts[3][1]["previousStatus"]) == ("system", "ACTIVE")
    assert facts[3][1]["effectiveAt"] == "2026-05-07T12:00:00Z"
    with unit_of_work(cafe.id):
        rows = session().execute(
            select(AuditRecord.action, AuditRecord.before, AuditRecord.after)
            .where(AuditRecord.target_id == program_id, AuditRecord.actor_kind == "system")
            .order_by(AuditRecord.recorded_at)
        )
        assert [tuple(row) for row in rows] == [
            ("program.activated", {"status": "SCHEDULED"}, {"status": "ACTIVE"}),
            ("program.ended", {"status": "ACTIVE"}, {"status": "ENDED"}),
        ]


def test_integrations_get_them_in_one_envelope(cafe: Shop, alma: Person) -> None:
    program_id = punch_card(cafe, startsAt="2099-01-01T00:00:00Z", isActive=True)
    answer = alma.get("/events?type=loyalty.program.created")
    [event] = answer.json["data"]
    assert set(event) == {"eventId", "eventType", "timestamp", "sequence", "payload"}
    assert (event["eventType"], event["sequence"]) == ("loyalty.program.created", 1)
    wanted = {
        "programId": str(program_id),
        "businessId": str(cafe.id),
        "name": "Coffee card",
        "ruleType": "PUNCH_CARD",
        "startsAt": "2099-01-01T00:00:00Z",
    }
    assert event["payload"].items() >= wanted.items()


def move(shop: Shop, program_id: UUID, action: Action) -> None:
    with unit_of_work(shop.id):
        move_program(program_id, action, actor=owner_of(shop))


def payloads(shop: Shop, program_id: UUID) -> list[tuple[str, dict[str, Any]]]:
    """The events of a program in their order, without the part of the name that all share."""
    with unit_of_work(shop.id):
        wanted = select(OutboxEvent).where(OutboxEvent.aggregate_id == program_id).order_by(OutboxEvent.sequence)
        rows = session().scalars(wanted).all()
        assert [row.sequence for row in rows] == list(range(1, len(rows) + 1))
        return [(row.event_type.removeprefix("loyalty.program."), row.payload) for row in rows]


def said(payload: dict[str, Any]) -> dict[str, Any]:
    """What an event says beside what every one does."""
    common = {
        "programId",
        "businessId",
        "name",
        "ruleType",
        "programVersion",
        "startsAt",
        "endsAt",
        "effectiveAt",
    }
    return {key: value for key, value in payload.items() if key not in common}
