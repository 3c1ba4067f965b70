"""`bin/bench earning`: purchases settled a second by real worker processes, beside pgbench's TPC-B."""

from __future__ import annotations

import time
from collections.abc import Callable

from rq import Worker
from rq.job import Job
from sqlalchemy import func, select

from app.core import redis_client
from app.core.queue import rq_queue
from app.core.unit_of_work import unit_of_work
from app.domain.registry import RULES
from app.embedded.processes import wait_until
from app.models.purchase import Purchase
from bench.report import Row, median_ratio, rates
from bench.shop import Shop, found_shop
from bench.stack import Stack, running_stack
from bench.tpcb import TpcB

MEMBERS = 4_000
BACKLOG = 20_000
WORKERS = 2
JOB = "earning.settle_purchases"
HUSHED_SECONDS = 600
LOOK_SECONDS = 0.01
PATIENCE_SECONDS = 120.0
GOALS = {"one worker": 1.0, "two workers": 1.5, "all seven rule types, one worker": 0.35}


def measure(rounds: int) -> list[Row]:
    """The three rows of QUALITY: one points program with one and with two workers, all rule types with one."""
    with running_stack() as stack:
        tpcb = TpcB(stack.services)
        points = found_shop({"POINTS_BASED"}, MEMBERS, has_caps=False)
        every = found_shop(set(RULES), MEMBERS)
        _start_workers(stack)
        sides: dict[str, Callable[[], float]] = {
            "one worker": lambda: settled_a_second(points, BACKLOG, rings=1),
            "two workers": lambda: settled_a_second(points, BACKLOG, rings=WORKERS),
            "all seven rule types, one worker": lambda: settled_a_second(every, BACKLOG, rings=1),
        }
        for side in sides.values():
            side()  # warms both workers, and gives the tables a history
        return [_row(name, side, tpcb, rounds) for name, side in sides.items()]


def settled_a_second(shop: Shop, backlog: int, *, rings: int) -> float:
    """Record a backlog, ring so many workers, and time from the ring until the last job has ended."""
    redis_client.client().set(f"ring:{JOB}:{shop.id}", 1, ex=HUSHED_SECONDS)  # a ring waits: recording rings nobody
    shop.record_backlog(backlog)
    began = time.perf_counter()
    jobs = [_ring(shop) for _ in range(rings)]
    wait_until(lambda: all(job.get_status() in ("finished", "failed") for job in jobs), PATIENCE_SECONDS, LOOK_SECONDS)
    took = time.perf_counter() - began
    with unit_of_work(shop.id) as session:
        left = session.scalar(select(func.count()).select_from(Purchase).where(Purchase.waiting))
    if left:
        raise RuntimeError(f"{left} purchases are not settled: {[job.exc_info for job in jobs]}")
    return backlog / took


def _row(name: str, side: Callable[[], float], tpcb: TpcB, rounds: int) -> Row:
    references, values = [], []
    for _ in range(rounds):
        references.append(tpcb.measure())
        values.append(side())
    ratio = median_ratio(values, references)
    work = f"earning, {name}" if "rule types" in name else f"earning, one points program, {name}"
    return Row(f"{work}: purchases settled", rates(values), ratio, GOALS[name], f"TPC-B {rates(references)}")


def _start_workers(stack: Stack) -> None:
    for number in range(WORKERS):
        stack.python(f"worker-{number}", "app.worker", "earning", REGULARS_PROCESS="worker_earning")
    connection = redis_client.client()
    wait_until(lambda: Worker.count(connection=connection, queue=rq_queue("earning")) == WORKERS, PATIENCE_SECONDS)


def _ring(shop: Shop) -> Job:
    """Ring without collapsing: two rings are wanted where two workers are."""
    return rq_queue("earning").enqueue_call(
        f"app.jobs.{JOB}", kwargs={"business_id": str(shop.id)}, timeout=int(PATIENCE_SECONDS)
    )
