"""The rows of `bin/bench api`, one function for each kind of work."""

from __future__ import annotations

import time
from collections.abc import Callable
from uuid import UUID

from app.embedded.processes import wait_until
from bench.api_bench import LISTED, ApiBench, listed_programs
from bench.report import Row, median, median_ratio, rates, spread
from bench.wrk import Load

READ_ONE_GOAL, READ_LIST_GOAL, READ_P95_GOAL = 0.15, 0.10, 50.0
POST_GOAL = 0.15
AWARD_GOAL, BALANCE_GOAL = 8 * 150.0, 5 * 370.0
ACTIVATION_GOAL, BULK_GOAL = 50.0, 1_000.0
ACTIVATIONS, BULK = 20, 500
SETTLING_SECONDS = 120.0
LOOK_SECONDS = 0.02


def reading_rows(bench: ApiBench, program_id: UUID, rounds: int) -> list[Row]:
    """GET one program and a list of 20, beside the bare route."""
    one = _alternately(lambda: bench.get(f"/loyalty/programs/{program_id}"), bench.bare, rounds)
    many = _alternately(lambda: bench.get(f"/loyalty/programs?pageSize={LISTED}"), bench.bare, rounds)
    return [
        _beside_bare("GET one program", one, READ_ONE_GOAL),
        _p95("GET one program, p95", [load for load, _ in one]),
        _beside_bare(f"GET a list of {LISTED}", many, READ_LIST_GOAL),
        _p95(f"GET a list of {LISTED}, p95", [load for load, _ in many]),
    ]


def post_row(bench: ApiBench, rounds: int) -> Row:
    """POST a purchase until it is committed and rung, beside TPC-B."""
    values, references = [], []
    for _ in range(rounds):
        references.append(bench.tpcb.measure())
        values.append(bench.post_purchases())
    found = [load.a_second for load in values]
    ratio = median_ratio(found, references)
    return Row(f"POST purchase ({_times(values)})", rates(found), ratio, POST_GOAL, f"TPC-B {rates(references)}")


def award_row(bench: ApiBench, rounds: int) -> Row:
    """POST purchases while one worker settles them: awards from the first request until the last is in the books."""
    _drain(bench)
    awards = []
    for _ in range(rounds):
        began = time.perf_counter()
        posted = bench.post_purchases()
        _drain(bench)
        awards.append(posted.answered / (time.perf_counter() - began))
    return _absolute("award: POST until settled, durable", awards, AWARD_GOAL, "Medusa 150/s, gamification-engine 80/s")


def balance_row(bench: ApiBench, rounds: int) -> Row:
    """GET the balances and progress of members."""
    loads = [bench.get("/members/MEMBER/enrollments") for _ in range(rounds)]
    found = [load.a_second for load in loads]
    work = f"read of a balance ({_times(loads)})"
    return _absolute(work, found, BALANCE_GOAL, "Medusa 370/s, gamification-engine 110/s")


def moving_rows(bench: ApiBench, rounds: int) -> list[Row]:
    """Activating a draft, and moving 500 programs at once; for a business that records nothing."""
    drafts = bench.shop.create_programs(listed_programs(ACTIVATIONS))
    activated = [bench.call(f"/loyalty/programs/{draft}/activate") for draft in drafts]
    programs = [str(each) for each in bench.shop.create_programs(listed_programs(BULK))]
    actions = ["activate", *(action for _ in range(rounds) for action in ("pause", "resume"))]
    moved = [bench.call("/loyalty/programs/bulk", {"action": action, "ids": programs}) for action in actions]
    return [
        _limit("activation", activated, ACTIVATION_GOAL),
        _limit(f"bulk of {BULK}: activating, pausing and resuming programs", moved, BULK_GOAL),
    ]


def bulk_row(bench: ApiBench, rounds: int) -> Row:
    """Recording 500 purchases at once."""
    recorded = [bench.call("/purchases/bulk", {"purchases": _purchases(bench)}) for _ in range(rounds)]
    return _limit(f"bulk of {BULK}: recording purchases", recorded, BULK_GOAL)


def _alternately(side: Callable[[], Load], reference: Callable[[], Load], rounds: int) -> list[tuple[Load, Load]]:
    found = []
    for _ in range(rounds):
        beside = reference()
        found.append((side(), beside))
    return found


def _beside_bare(work: str, found: list[tuple[Load, Load]], goal: float) -> Row:
    values, references = [load.a_second for load, _ in found], [load.a_second for _, load in found]
    return Row(work, rates(values), median_ratio(values, references), goal, f"bare route {rates(references)}")


def _p95(work: str, loads: list[Load]) -> Row:
    return Row(work, _times(loads), median([load.p95 for load in loads]), READ_P95_GOAL, is_at_most=True, unit="ms")


def _absolute(work: str, values: list[float], goal: float, peers: str) -> Row:
    return Row(work, rates(values), median(values), goal, peers, unit="/s")


def _limit(work: str, milliseconds: list[float], goal: float) -> Row:
    return Row(work, spread(milliseconds, "ms"), median(milliseconds), goal, is_at_most=True, unit="ms")


def _times(loads: list[Load]) -> str:
    p50, p95, p99 = (median([getattr(load, name) for load in loads]) for name in ("p50", "p95", "p99"))
    return f"p50 {p50:.1f}, p95 {p95:.1f}, p99 {p99:.1f} ms"


def _drain(bench: ApiBench) -> None:
    """Wait until nothing waits; rings once more, as the sweep would, for what came after the last answered ring."""
    bench.ring()
    if not wait_until(bench.is_all_settled, SETTLING_SECONDS, LOOK_SECONDS):
        raise RuntimeError("the worker does not settle what was posted")


def _purchases(bench: ApiBench) -> list[dict[str, str]]:
    mark = f"bulk{next(bench.marks)}"
    members = bench.shop.members
    return [
        {"orderId": f"{mark}-{place}", "memberId": str(members[place % len(members)]), "amount": "42.50"}
        for place in range(BULK)
    ]
