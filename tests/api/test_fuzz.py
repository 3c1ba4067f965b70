"""A stranger's machine tries the whole API: no answer is a 5xx, and none differs from its description.

The seed is fixed and each caller's time is capped, unless it was too short for enough tries: a busy machine gets more.
FUZZ_SECONDS and FUZZ_EXAMPLES make it longer (docs/runbook.md).
"""

from __future__ import annotations

import os
import threading
from collections.abc import Iterator, Mapping

import pytest
import schemathesis
from flask import Flask
from schemathesis.config import HealthCheck
from schemathesis.engine import events, from_schema
from werkzeug.serving import make_server

from app.core.unit_of_work import unit_of_work
from app.services.api_keys import create_api_key
from tests.factories.businesses import Shop
from tests.factories.people import Person
from tests.factories.programs import owner_of

SEED = 20261121
SECONDS = int(os.environ.get("FUZZ_SECONDS", "8"))
EXAMPLES = int(os.environ.get("FUZZ_EXAMPLES", "2"))
LEAST = 100
REFUSALS = ["400", "401", "403", "404", "405", "406", "409", "412", "415", "422", "429"]


TELLS_OF_FAULTS = "/validate"
"""Calls that answer 200 with what is wrong: for them no wrong body is to be refused."""


@schemathesis.serializer("text/csv")
def file_as_it_is(_: schemathesis.SerializationContext, value: object) -> bytes:
    """A file is sent as the bytes that it is."""
    return value if isinstance(value, bytes) else str(value).encode()


@pytest.fixture
def origin(app: Flask) -> Iterator[str]:
    """The address of a web server of the application."""
    server = make_server("127.0.0.1", 0, app, threaded=True)
    thread = threading.Thread(target=server.serve_forever)
    thread.start()
    yield f"http://127.0.0.1:{server.server_port}"
    server.shutdown()
    thread.join()
    server.server_close()


@pytest.fixture(params=["nobody", "staff", "manager", "owner", "api key"])
def headers(request: pytest.FixtureRequest, cafe: Shop, ben: Person, max_manager: Person) -> Mapping[str, str]:
    """What each kind of caller sends."""
    with unit_of_work(cafe.id):
        _, key = create_api_key("Till", "staff", None, owner_of(cafe))
    known = {"staff": ben.headers, "manager": max_manager.headers, "owner": cafe.owner.headers, "nobody": {}}
    return known.get(request.param, {"Authorization": f"Bearer {key}"})


@pytest.mark.timeout(SECONDS * 3 + 600)
@pytest.mark.filterwarnings("default")
def test_no_answer_is_a_fault_or_a_surprise(origin: str, headers: Mapping[str, str]) -> None:
    seconds = SECONDS
    while _tried(origin, headers, seconds) <= LEAST:
        seconds *= 2


def _tried(origin: str, headers: Mapping[str, str], seconds: int) -> int:
    """Try for so long, and return how many requests that were."""
    config = schemathesis.Config(seed=SEED, max_time=seconds, suppress_health_check=[HealthCheck.too_slow])
    schema = schemathesis.openapi.from_url(f"{origin}/api/v1/openapi.json", config=config)
    schema.config.update(headers=dict(headers), continue_on_failure=True)
    schema.config.generation.update(max_examples=EXAMPLES)
    # What a business's own rules refuse (a cursor of another list, a reward without worth) no schema can say.
    schema.config.checks.positive_data_acceptance.enabled = False
    schema.config.checks.negative_data_rejection.expected_statuses = REFUSALS
    found, tried = set(), 0
    for event in from_schema(schema).execute():
        if isinstance(event, events.ScenarioFinished):
            tried += len(event.recorder.cases)
            found |= set(_failures(event))
        elif isinstance(event, events.NonFatalError | events.FatalError):
            found.add(str(event))
    assert sorted(found) == []
    return tried


def _failures(event: events.ScenarioFinished) -> Iterator[str]:
    for checks in event.recorder.checks.values():
        for check in checks:
            if check.failure_info is None:
                continue
            failure = check.failure_info
            said = f"{event.label} {check.name}: {failure.failure.message} {failure.code_sample}"
            if not (check.name == "negative_data_rejection" and TELLS_OF_FAULTS in said):
                yield said
