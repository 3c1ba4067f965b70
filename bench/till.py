"""`bin/bench till`: from the tap on a paired till until what the purchase brought stands on its screen."""

from __future__ import annotations

import asyncio
import os
import time
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from itertools import cycle
from uuid import UUID

from app.core.unit_of_work import unit_of_work
from app.queries.businesses import header
from app.queries.tills import till_by_secret
from app.services.devices import make_pairing_code, pair_device
from app.services.sessions import Visit, open_till_session
from bench.browsing import Browser
from bench.report import Row, median, percentile
from bench.shop import Shop, found_shop
from bench.stack import running_stack
from bench.web import start_web

TILLS, MEMBERS = 20, 500
A_SECOND = 20
SECONDS, WARMING_SECONDS = 15, 3
ASKS_AGAIN_SECONDS = 0.3  # as templates/till/_result.html has it
PATIENCE_SECONDS = 10.0
P95_GOAL, P99_GOAL = 100.0, 300.0
OK, SEE_OTHER = 200, 303
COUNTING = 'hx-trigger="every'
MILLISECONDS = 1_000


@dataclass(slots=True)
class Sales:
    """Milliseconds from tap to result, how many were still being counted at first, what failed, and our share."""

    times: list[float] = field(default_factory=list)
    counting: int = 0
    failed: list[str] = field(default_factory=list)
    share: float = 0.0


def measure(rounds: int) -> list[Row]:
    """Twenty paired tills sell one purchase a second each, under the demo's points program and punch card."""
    with running_stack() as stack:
        shop = found_shop({"POINTS_BASED", "PUNCH_CARD"}, MEMBERS, has_caps=False)
        base, doors = pair_tills(shop, TILLS)
        web = start_web(stack)
        stack.python("worker", "app.worker", "earning", REGULARS_PROCESS="worker_earning")
        sell(web.product, base, doors, shop.members, WARMING_SECONDS)
        return _rows([sell(web.product, base, doors, shop.members, SECONDS) for _ in range(rounds)])


def pair_tills(shop: Shop, number: int) -> tuple[str, list[dict[str, str]]]:
    """Pair tills and sign the owner in at each; the address of the tills, and the cookies of each."""
    doors = []
    with unit_of_work(shop.id):
        slug = header()["slug"]
        for place in range(number):
            secret = pair_device(make_pairing_code(f"Till {place}", None, actor=shop.actor))
            assert secret is not None
            doors.append({"till-device": secret, "till-sid": _signed_in(shop, secret, slug)})
    return f"/b/{slug}/till", doors


def _signed_in(shop: Shop, secret: str, slug: str) -> str:
    till = till_by_secret(secret, slug)
    assert till is not None
    assert shop.actor.id is not None
    return open_till_session(shop.actor.id, shop.id, till.id, None, Visit("127.0.0.1", "bench"))


def sell(url: str, base: str, doors: Sequence[dict[str, str]], members: Sequence[UUID], seconds: int) -> Sales:
    """Sell at every till in turn, `A_SECOND` in all; each opens the customer's form before the purchase is due."""
    sales, busy, began = Sales(), time.process_time(), time.perf_counter()
    asyncio.run(_open(url, base, doors, members, seconds, sales))
    sales.share = (time.process_time() - busy) / (time.perf_counter() - began) / (os.cpu_count() or 1)
    return sales


async def _open(
    url: str, base: str, doors: Sequence[dict[str, str]], members: Sequence[UUID], seconds: int, sales: Sales
) -> None:
    customers, began = cycle(members), time.perf_counter() + 1.0
    due = [began + sale / A_SECOND for sale in range(seconds * A_SECOND)]
    tills = enumerate(Browser(url, dict(door)) for door in doors)
    await asyncio.gather(*(_till(till, base, customers, due[at :: len(doors)], sales) for at, till in tills))


async def _till(browser: Browser, base: str, customers: Iterator[UUID], due: Sequence[float], sales: Sales) -> None:
    for at in due:
        form = await browser.get(f"{base}/members/{next(customers)}/purchase")
        fields = {name: form.field(name) for name in ("csrf_token", "member_id", "purchase_key")}
        await asyncio.sleep(max(0.0, at - time.perf_counter()))
        began = max(at, time.perf_counter())
        await _one(browser, base, fields, sales)
        sales.times.append((time.perf_counter() - began) * MILLISECONDS)
    await browser.close()


async def _one(browser: Browser, base: str, fields: dict[str, str], sales: Sales) -> None:
    """Record, follow to the result, and ask again as the page does while it is being counted."""
    answer = await browser.post(f"{base}/purchases", fields | {"amount": "42.50"})
    if answer.status != SEE_OTHER:
        sales.failed.append(f"refused with {answer.status}")
        return
    page, until = await browser.get(answer.location), time.perf_counter() + PATIENCE_SECONDS
    sales.counting += COUNTING in page.text
    while COUNTING in page.text and time.perf_counter() < until:
        await asyncio.sleep(ASKS_AGAIN_SECONDS)
        page = await browser.get(answer.location, is_fragment=True)
    if COUNTING in page.text:
        sales.failed.append(f"not counted within {PATIENCE_SECONDS:.0f} s")
    elif page.status != OK or "Recorded" not in page.text:
        sales.failed.append(f"answered with {page.status}")


def _rows(runs: Sequence[Sales]) -> list[Row]:
    p50, p95, p99 = (median([percentile(run.times, percent) for run in runs]) for percent in (50, 95, 99))
    total = sum(len(run.times) for run in runs)
    counting = 100 * sum(run.counting for run in runs) / total
    failed = [words for run in runs for words in run.failed]
    share = 100 * median([run.share for run in runs])
    work = f"a purchase at {TILLS} paired tills, {A_SECOND} a second: tap to result"
    said = f"p50 {p50:.1f}, p95 {p95:.1f}, p99 {p99:.1f} ms"
    unseen = f"{len(failed)} of {total} {', '.join(sorted(set(failed)))}".rstrip()
    beside = f"{counting:.0f} % were still counted at first; the generator took {share:.0f} % of the processor"
    return [
        Row(f"{work}, p95", said, p95, P95_GOAL, beside, is_at_most=True, unit="ms"),
        Row(f"{work}, p99", said, p99, P99_GOAL, is_at_most=True, unit="ms"),
        Row("purchases without a result", unseen, float(len(failed)), 0.0, is_at_most=True, unit="failed"),
    ]
