"""`bin/bench crowd`: 1,000 programs made, 10,000 lists asked for and 500 programs changed, all at once."""

from __future__ import annotations

import random
from uuid import UUID

from sqlalchemy import select

from app.core.unit_of_work import unit_of_work
from app.models.program import Program
from bench.api_bench import listed_programs
from bench.crowding import CONNECTIONS, Crowd, request, send_all, service_times
from bench.growing import as_superuser
from bench.report import Row, median, percentile
from bench.shelf import fill_shelf
from bench.shop import Shop, found_shop
from bench.stack import running_stack
from bench.web import start_web

STANDING = 10_000
CREATIONS, LISTS, UPDATES = 1_000, 10_000, 500
SERVICE_GOAL = 200.0
BASE = "/api/v1/loyalty/programs"
QUERIES = ("", "?status=active", "?ruleType=PUNCH_CARD&sort=name", "?sort=-enrollmentCount&page=3", "?q=winter+00010")
KINDS = {"creations": "POST", "list queries": "GET", "updates": "PUT"}
TOTALS = {"creations": CREATIONS, "list queries": LISTS, "updates": UPDATES}


def measure(rounds: int) -> list[Row]:
    """All of them at once in one business with 10,000 programs, `rounds` times; service times from the server's log."""
    with running_stack() as stack:
        shop = found_shop((), 0)
        fill_shelf(shop, 0, STANDING)
        as_superuser(stack, "regulars", "VACUUM ANALYZE")  # as if the programs had come one by one
        web, key, log = start_web(stack), shop.api_key(), stack.services.places.logs / "web.log"
        send_all(web.product, [request("GET", BASE, key)] * CONNECTIONS)
        crowds: list[Crowd] = []
        times: dict[str, list[list[float]]] = {kind: [] for kind in KINDS}
        for number in range(rounds):
            offset = log.stat().st_size
            crowds.append(send_all(web.product, _requests(shop, key, number)))
            for kind, method in KINDS.items():
                times[kind].append(service_times(log, offset, BASE, method))
        return [*(_row(kind, times[kind], crowds) for kind in KINDS), *_all_rows(crowds)]


def _requests(shop: Shop, key: str, number: int) -> list[bytes]:
    bodies = listed_programs(CREATIONS)
    made = [request("POST", BASE, key, body) for body in bodies]
    asked = [request("GET", f"{BASE}{QUERIES[place % len(QUERIES)]}", key) for place in range(LISTS)]
    changed = [
        request("PUT", f"{BASE}/{program_id}", key, {"name": f"Changed {number} {place}", "priority": 1 + number})
        for place, program_id in enumerate(_some_programs(shop))
    ]
    every = [*made, *asked, *changed]
    random.Random(number).shuffle(every)
    return every


def _some_programs(shop: Shop) -> list[UUID]:
    with unit_of_work(shop.id) as session:
        wanted = select(Program.id).where(Program.announced_status == "ACTIVE")
        return list(session.scalars(wanted.order_by(Program.id.desc()).limit(UPDATES)))


def _row(kind: str, rounds: list[list[float]], crowds: list[Crowd]) -> Row:
    """The median of the rounds' p95 of service time; the total says that every one was answered well."""
    p50, p95, p99 = (median([percentile(each, percent) for each in rounds]) for percent in (50, 95, 99))
    answered = min(len(each) for each in rounds)
    work = f"{answered:,} of {TOTALS[kind]:,} {kind} at once, service time"
    beside = f"{median([crowd.answered / crowd.seconds for crowd in crowds]):,.0f} answers/s of all kinds"
    measured = f"p50 {p50:.1f}, p95 {p95:.1f}, p99 {p99:.1f} ms"
    return Row(work, measured, p95, SERVICE_GOAL, beside, is_at_most=True, unit="ms")


def _all_rows(crowds: list[Crowd]) -> list[Row]:
    wanted = CREATIONS + LISTS + UPDATES
    missing = max(wanted - crowd.answered for crowd in crowds)
    errors = max(crowd.errors for crowd in crowds)
    kinds = sorted({status for crowd in crowds for status in crowd.statuses if not 200 <= status < 300})
    share = median([crowd.share for crowd in crowds])
    said = f"{wanted - missing:,} of {wanted:,} answered, {errors} errors {kinds or ''}".rstrip()
    beside = f"{CONNECTIONS} connections; the generator took {100 * share:.0f} % of the processor"
    return [Row("all at once", said, float(missing + errors), 0.0, beside, is_at_most=True, unit="not answered well")]
