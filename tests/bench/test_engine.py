"""The engine's measurement runs on every program of the demo."""

from __future__ import annotations

from bench import engine
from bench.shop import DEMO


def test_every_program_of_the_demo_is_validated_and_settled_within_its_goal() -> None:
    rows = engine.measure(1)
    assert len(rows) == 2 * len(DEMO)
    assert all(row.value > 0 for row in rows)
