"""`bin/bench noisy`: what others notice of one business that sends ten times what its limits allow."""

from __future__ import annotations

from collections import Counter
from collections.abc import Collection, Sequence
from concurrent.futures import ProcessPoolExecutor
from itertools import chain, count, islice

from app.core import serial
from app.core.config import Settings
from bench.crowding import request
from bench.pacing import Paced, sender, start_paced
from bench.report import Row, median, median_ratio, percentile
from bench.stack import running_stack
from bench.trade import INGEST, Asked, Trade, found_trade
from bench.web import start_web

NEIGHBOURS = 20
OF_A_NEIGHBOUR = (*INGEST, "one program")  # five a second: far from both limits
TIMES_THE_LIMIT = 10
SECONDS, WARMING_SECONDS = 10, 8
GOAL = 1.5
MINUTE = 60
_orders = count()


def measure(rounds: int) -> list[Row]:
    """The others' p95 with and without the noise, in turn, `rounds` times; limits as they are by default."""
    with running_stack(has_limits=True) as stack, sender() as first, sender() as second:
        noisy, others = found_trade(), [found_trade() for _ in range(NEIGHBOURS)]
        web = start_web(stack)
        stack.python("worker", "app.worker", "earning", REGULARS_PROCESS="worker_earning")
        _round(first, second, web.product, others, noisy, WARMING_SECONDS)  # also uses up what the noisy one may send
        found = []
        for _ in range(rounds):
            alone, _ = _round(first, None, web.product, others, noisy, SECONDS)
            beside, noise = _round(first, second, web.product, others, noisy, SECONDS)
            assert noise is not None
            found.append((alone, beside, noise))
        return _rows(found)


def allowed_a_minute() -> tuple[int, int]:
    """The default limits of one business: tills and sales, and management."""
    limits = (Settings.api_ingest_rate_limit, Settings.api_rate_limit)
    ingest, management = (int(limit.partition(" ")[0]) for limit in limits)
    return ingest, management


def _round(
    first: ProcessPoolExecutor,
    second: ProcessPoolExecutor | None,
    url: str,
    others: Sequence[Trade],
    noisy: Trade,
    seconds: int,
) -> tuple[Paced, Paced | None]:
    """So many seconds of the others, and beside them the noise where there is somebody to send it."""
    rate = NEIGHBOURS * len(OF_A_NEIGHBOUR)
    calm = start_paced(first, url, _calm(others, rate * seconds), rate)
    if second is None:
        return calm.result(), None
    loud = TIMES_THE_LIMIT * sum(allowed_a_minute()) / MINUTE
    noise = start_paced(second, url, _loud(noisy, round(loud * seconds)), loud)
    return calm.result(), noise.result()


def _calm(others: Sequence[Trade], number: int) -> list[bytes]:
    """Requests of all of them in turn."""
    asked = [(trade, trade.asks(OF_A_NEIGHBOUR)) for trade in others]
    in_turn = chain.from_iterable(((trade, next(asks)) for trade, asks in asked) for _ in count())
    return [_bytes(trade, asks) for trade, asks in islice(in_turn, number)]


def _loud(noisy: Trade, number: int) -> list[bytes]:
    """Requests in the proportion of the two limits."""
    ingest, management = allowed_a_minute()
    kinds = [*(INGEST[place % len(INGEST)] for place in range(ingest // management)), "one program"]
    return [_bytes(noisy, asked) for asked in islice(noisy.asks(kinds), number)]


def _bytes(trade: Trade, asked: Asked) -> bytes:
    body = asked.body.replace("ORDER", f"noisy-{next(_orders)}")
    return request(asked.method, asked.path, trade.key, serial.loads(body) if body else None)


def _rows(found: Sequence[tuple[Paced, Paced, Paced]]) -> list[Row]:
    without = [percentile(alone.times, 95) for alone, _, _ in found]
    within = [percentile(beside.times, 95) for _, beside, _ in found]
    middle = median([percentile(beside.times, 50) for _, beside, _ in found])
    share = 100 * median([beside.share + noise.share for _, beside, noise in found])
    said = f"p50 {middle:.1f}, p95 {median(within):.1f} ms"
    reference = f"alone p95 {median(without):.1f} ms; the generators took {share:.0f} % of the processor"
    work = f"{NEIGHBOURS} others beside a business at {TIMES_THE_LIMIT} × its limits"
    return [
        Row(work, said, median_ratio(within, without), GOAL, reference, is_at_most=True),
        _errors("the others", [each for alone, beside, _ in found for each in (alone, beside)], {}),
        _errors("the noisy one", [noise for _, _, noise in found], {429}),
    ]


def _errors(whose: str, runs: Sequence[Paced], expected: Collection[int]) -> Row:
    """What was answered neither well nor as expected, and how much of each a second."""
    total: Counter[int] = Counter()
    for run in runs:
        total.update(run.statuses)
    told = ", ".join(f"{count / len(runs) / SECONDS:,.0f}/s {status}" for status, count in sorted(total.items()))
    errors = sum(count for status, count in total.items() if not 200 <= status < 300 and status not in expected)
    return Row(f"answers to {whose}", told, float(errors), 0.0, is_at_most=True, unit="errors")
