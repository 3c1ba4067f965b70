"""Holds every event that any test has recorded against the catalogue of events."""

from __future__ import annotations

import psycopg
from pydantic import ValidationError

from app.domain.event_payloads import PAYLOADS, TestEvent
from app.domain.events import EventType
from tests.support.databases import Database, plain_url

_TESTS = "webhook_endpoint"


def assert_as_catalogued(database: Database) -> None:
    """Read the whole outbox past all guards; fail with one example of each event that says something else."""
    with psycopg.connect(plain_url(database.url("postgres"))) as connection:
        rows = connection.execute("SELECT event_type, aggregate, payload FROM outbox").fetchall()
    wrong: dict[str, str] = {}
    for event_type, aggregate, payload in rows:
        model = TestEvent if aggregate == _TESTS else PAYLOADS[EventType(event_type)]
        try:
            model.model_validate(payload)
        except ValidationError as error:
            wrong.setdefault(event_type, f"{payload}: {error}")
    assert not wrong, "\n".join(f"{event_type}: {why}" for event_type, why in wrong.items())
