"""`bin/bench engine`: the pure parts alone, without a database: validating a program, settling one purchase."""

from __future__ import annotations

import statistics
import time
from collections.abc import Callable
from dataclasses import replace
from datetime import datetime, timedelta
from fractions import Fraction
from typing import Any

from app.core.ids import new_id
from app.domain.earning import settle
from app.domain.program import ProgramVersion
from app.domain.program_body import parse_program
from app.domain.purchase import Item, Purchase
from app.domain.segments import built_in_segments
from app.domain.standing import MemberFacts, Standing
from bench.report import Row, spread
from bench.shop import DEMO, FIRST_DAY, program_body

CURRENCY = "UAH"
CALLS = 2_000
MICROSECONDS = 1_000_000
VALIDATING_GOAL, SETTLING_GOAL = 200.0, 20.0
Call = Callable[[], object]


def measure(rounds: int) -> list[Row]:
    """One row for validating and one for settling each program of the demo."""
    bodies = {str(told["key"]): program_body(told) for told in DEMO}
    rows = [
        _row(f"validating a {key} program", _validating(body), VALIDATING_GOAL, rounds) for key, body in bodies.items()
    ]
    settling = [_row(f"settling one purchase, {key}", _settling(told), SETTLING_GOAL, rounds) for key, told in _told()]
    return rows + settling


def microseconds(call: Call, calls: int = CALLS) -> list[float]:
    """How long each of so many calls took."""
    taken = []
    for _ in range(calls):
        began = time.perf_counter()
        call()
        taken.append((time.perf_counter() - began) * MICROSECONDS)
    return taken


def _row(work: str, call: Call, goal: float, rounds: int) -> Row:
    microseconds(call, CALLS // 10)
    samples = [microseconds(call) for _ in range(rounds)]
    best = min(samples, key=statistics.median)
    return Row(
        work, spread(best, "µs"), statistics.median(map(statistics.median, samples)), goal, is_at_most=True, unit="µs"
    )


def _validating(body: dict[str, Any]) -> Call:
    sent = body | {"startsAt": FIRST_DAY.isoformat()}
    return lambda: parse_program(sent, currency=CURRENCY)


def _told() -> list[tuple[str, dict[str, Any]]]:
    return [(str(told["key"]), told) for told in DEMO]


def _settling(told: dict[str, Any]) -> Call:
    snapshot = {key: value for key, value in told.items() if key != "key"} | {"timezone": "Europe/Kyiv"}
    program_id = new_id()
    version = ProgramVersion.compile(
        snapshot, id=new_id(), program_id=program_id, number=1, created_order=(FIRST_DAY, program_id), currency=CURRENCY
    )
    member = MemberFacts("active", built_in_segments(FIRST_DAY, FIRST_DAY + timedelta(days=9)))
    standing = Standing(enrolled=True, state=_state_after_one(version, member))
    purchase = _purchase(FIRST_DAY + timedelta(days=3, hours=8))
    held = {program_id: None} if version.rule_type == "TIER_BASED" else {}
    return lambda: settle(purchase, (version,), member, {program_id: standing}, held, {})


def _state_after_one(version: ProgramVersion, member: MemberFacts) -> dict[str, Any] | None:
    first = replace(_purchase(FIRST_DAY + timedelta(days=1, hours=8)), order_id="0")
    return settle(first, (version,), member, {version.program_id: Standing(enrolled=True)}, {}, {})[0].state


def _purchase(occurred_at: datetime) -> Purchase:
    items = (Item("americano_with_milk", Fraction(1), 2800), Item("latte", Fraction(1), 3800))
    return Purchase(new_id(), "sale", 1, 6600, items, occurred_at, "1", None)
