"""`bin/bench growth`: every list, and settling, with little data and with a hundred times as much, in turn."""

from __future__ import annotations

import contextlib
import os
import time
from dataclasses import dataclass
from statistics import median

from sqlalchemy import select

from app.core.unit_of_work import unit_of_work
from app.models.business import Business
from app.models.member import Member
from app.services.earning_drain import drain
from app.services.member_index import index_members
from bench.growing import Side, both_sides, clone_members
from bench.report import Row, percentile
from bench.shelf import fill_shelf
from bench.shop import CHUNK, Shop, found_shop
from bench.stack import running_stack

PROGRAMS, MANY_PROGRAMS = 1_000, 100_000
MEMBERS, PURCHASES = 10_000, 100_000
COPIES = int(os.environ.get("BENCH_COPIES", "9"))
SAMPLES, WARMING = 20, 3
SETTLED = 2_000
GROWTH_GOAL, PAGE_GOAL, STATEMENTS = 1.2, 200.0, 3
LISTS = {
    "the newest": "",
    "page 40": "?page=40",
    "live, most members first": "?status=active&sort=-enrollmentCount",
    "paused or ended": "?status=paused&status=ended",
    "punch cards by name": "?ruleType=PUNCH_CARD&sort=name",
    "by name, from the end": "?sort=-name",
    "ending last": "?sort=-endsAt",
    "a search that finds one": "?q=program+000417",
}


@dataclass
class Compared:
    """Milliseconds of one page on both sides, a list a round."""

    small: list[list[float]]
    big: list[list[float]]

    @property
    def p95_big(self) -> float:
        """The median of the rounds' p95 with much data."""
        return median(percentile(each, 95) for each in self.big)

    def row(self, work: str) -> Row:
        """The median of the rounds' own ratios of p95."""
        before = median(percentile(each, 95) for each in self.small)
        pairs = zip(self.big, self.small, strict=True)
        ratio = median(percentile(after, 95) / percentile(first, 95) for after, first in pairs)
        middle = median(median(each) for each in self.big)
        measured = f"p50 {middle:.1f}, p95 {self.p95_big:.1f} ms"
        return Row(work, measured, ratio, GROWTH_GOAL, f"small p95 {before:.1f} ms", is_at_most=True)


def measure(rounds: int) -> list[Row]:
    """Lists of one business's programs at 1,000 and 100,000, lists of members and purchases, and settling."""
    with running_stack() as stack:
        shelf = found_shop((), 0)
        fill_shelf(shelf, 0, PROGRAMS)
        busy = _busy_shop()

        def grow() -> None:
            fill_shelf(shelf, PROGRAMS, MANY_PROGRAMS)
            clone_members(stack, busy.id, COPIES)

        with both_sides(stack, [shelf, busy], grow) as (small, big):
            return [*_program_rows(small, big, shelf, rounds), *_member_rows(small, big, busy, rounds)]


def _program_rows(small: Side, big: Side, shop: Shop, rounds: int) -> list[Row]:
    programs = f"/b/{_slug(small, shop)}/programs"
    paths = {name: f"{programs}{query}" for name, query in LISTS.items()}
    found = {name: _alternately(small, big, shop, path, rounds) for name, path in paths.items()}
    slowest = max(each.p95_big for each in found.values())
    statements = max(big.statements(shop, path) for path in paths.values())
    work = f"{PROGRAMS:,} → {MANY_PROGRAMS:,} programs in one business"
    return [
        *(each.row(f"{work}: {name}") for name, each in found.items()),
        Row(
            f"{MANY_PROGRAMS:,} programs: the slowest list",
            f"p95 {slowest:.1f} ms",
            slowest,
            PAGE_GOAL,
            is_at_most=True,
            unit="ms",
        ),
        Row(
            f"{MANY_PROGRAMS:,} programs: statements of a list",
            f"{statements} without those of the door",
            statements,
            STATEMENTS,
            is_at_most=True,
            unit="statements",
        ),
    ]


def _member_rows(small: Side, big: Side, shop: Shop, rounds: int) -> list[Row]:
    """Lists of members and of what one bought, and settling; the big side has so many times the rows."""
    base, member = f"/b/{_slug(small, shop)}", shop.members[17]
    paths = {
        "members, the newest": f"{base}/members",
        "members, a search": f"{base}/members?q={_code(small, shop)}",
        "a member's page": f"{base}/members/{member}",
    }
    grown = COPIES + 1
    work = f"{MEMBERS:,} → {MEMBERS * grown:,} members, {PURCHASES:,} → {PURCHASES * grown:,} entries"
    rows = [_alternately(small, big, shop, path, rounds).row(f"{work}: {name}") for name, path in paths.items()]
    seconds = [(_settling(small, shop), _settling(big, shop)) for _ in range(rounds + 1)][1:]
    ratio = median(after / before for before, after in seconds)
    rates = [SETTLED / median(side) for side in zip(*seconds, strict=True)]
    return [
        *rows,
        Row(f"{work}: settling", f"{rates[1]:,.0f}/s", ratio, GROWTH_GOAL, f"small {rates[0]:,.0f}/s", is_at_most=True),
    ]


def _alternately(small: Side, big: Side, shop: Shop, path: str, rounds: int) -> Compared:
    """GET a page of both sides in turn; the first few of each are not counted."""
    for side in (small, big) * WARMING:
        side.milliseconds(shop, path)
    found = Compared([], [])
    for _ in range(rounds):
        pairs = [(small.milliseconds(shop, path), big.milliseconds(shop, path)) for _ in range(SAMPLES)]
        found.small.append([before for before, _ in pairs])
        found.big.append([after for _, after in pairs])
    return found


def _settling(side: Side, shop: Shop) -> float:
    """Record purchases and settle them in this process; the seconds that settling takes."""
    with side.app.app_context():
        shop.record_backlog(SETTLED)
        began = time.perf_counter()
        settled = sum(drain(shop.id))
        took = time.perf_counter() - began
    if settled != SETTLED:
        raise RuntimeError(f"{settled} of {SETTLED} purchases were settled")
    return took


def _busy_shop() -> Shop:
    """A business with one points program, its members found by a word, and a purchase history in the books."""
    shop = found_shop({"POINTS_BASED"}, MEMBERS, has_caps=False)
    with unit_of_work(shop.id) as session:
        rows = session.execute(select(Member.id, Member.name, Member.code)).mappings().all()
        for first in range(0, len(rows), CHUNK):
            index_members([dict(row) for row in rows[first : first + CHUNK]])
    shop.record_backlog(PURCHASES)
    with contextlib.closing(drain(shop.id)) as batches:
        for _ in batches:
            pass
    return shop


def _slug(side: Side, shop: Shop) -> str:
    with side.app.app_context(), unit_of_work(shop.id) as session:
        return str(session.get_one(Business, shop.id).slug)


def _code(side: Side, shop: Shop) -> str:
    with side.app.app_context(), unit_of_work(shop.id) as session:
        wanted = select(Member.code).where(Member.id == shop.members[17])
        return str(session.scalars(wanted).one())
