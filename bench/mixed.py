"""`bin/bench mixed`: what menus, tills and shops ask of the API in an hour of trade, all at once, at 16 connections."""

from __future__ import annotations

import random
from collections import Counter
from collections.abc import Sequence
from itertools import count

from bench.report import Row, median, rates
from bench.stack import running_stack
from bench.trade import MIX, Trade, found_trade
from bench.web import Web, start_web
from bench.wrk import Load, mixed_load

BUSINESSES = 100
REQUESTS = 20_000
SECONDS, WARMING_SECONDS = 10.0, 5.0
RATE_GOAL, P95_GOAL = 1_000.0, 100.0
_marks = count()


def measure(rounds: int) -> list[Row]:
    """One business, and a hundred; a worker settles what is sold meanwhile."""
    with running_stack() as stack:
        trades = [found_trade() for _ in range(BUSINESSES)]
        web = start_web(stack)
        stack.python("worker", "app.worker", "earning", REGULARS_PROCESS="worker_earning")
        return [
            *_rows("one business", _loads(web, trades[:1], rounds)),
            *_rows(f"{BUSINESSES} businesses", _loads(web, trades, rounds)),
        ]


def requests_of(trades: Sequence[Trade], number: int) -> list[tuple[str, str, str, str]]:
    """Requests of the mix (method, path, key, body), as many of each business, in no order."""
    asking = [(trade.key, trade.asks(MIX)) for trade in trades]
    asked = [(key, next(asks)) for _ in range(-(-number // len(trades))) for key, asks in asking]
    found = [(each.method, each.path, key, each.body) for key, each in asked[:number]]
    random.Random(number).shuffle(found)
    return found


def mix_words() -> str:
    """What the mix is, in words: "8 one program, 4 balance"."""
    return ", ".join(f"{number} {kind}" for kind, number in Counter(MIX).most_common())


def _loads(web: Web, trades: Sequence[Trade], rounds: int) -> list[Load]:
    requests = requests_of(trades, REQUESTS)
    mixed_load(web.product, WARMING_SECONDS, f"w{next(_marks)}", requests)
    return [mixed_load(web.product, SECONDS, f"m{next(_marks)}", requests) for _ in range(rounds)]


def _rows(whose: str, loads: Sequence[Load]) -> list[Row]:
    found = [load.a_second for load in loads]
    p50, p95, p99 = (median([getattr(load, name) for load in loads]) for name in ("p50", "p95", "p99"))
    errors = sum(load.errors for load in loads)
    said = f"p50 {p50:.1f}, p95 {p95:.1f}, p99 {p99:.1f} ms"
    answered = f"{errors} of {sum(load.answered for load in loads):,}"
    mixed = f"of 20: {mix_words()}"
    return [
        Row(f"mixed load of {whose}", rates(found), median(found), RATE_GOAL, mixed, unit="/s"),
        Row(f"mixed load of {whose}, p95", said, p95, P95_GOAL, is_at_most=True, unit="ms"),
        Row(f"mixed load of {whose}, errors", answered, float(errors), 0.0, is_at_most=True, unit="errors"),
    ]
