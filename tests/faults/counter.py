"""The counter of a shop in trouble: it sells until each sale is acknowledged, and counts what must come of it."""

from __future__ import annotations

import json
import threading
import time
import urllib.error
import urllib.request
from collections import Counter as Tally
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field
from typing import Any, LiteralString
from uuid import UUID

import psycopg

from app.core.tenancy import unscoped
from app.core.unit_of_work import unit_of_work
from app.domain.lifecycle import Action
from app.embedded.processes import wait_until
from app.queries.verification import breaks
from app.services.members import create_member
from app.services.program_lifecycle import move_program
from app.services.programs import create_program
from tests.factories.businesses import Shop
from tests.factories.programs import owner_of, punch_card
from tests.support.databases import Database, plain_url

MEMBERS = 10
CARD = 3
POINTS_A_SALE = 10
AMOUNT = "10.00"
SETTLED_SECONDS = 40.0
ANSWER_SECONDS = 30.0
"""Who waits longer takes the line for broken; what was asked may be done all the same."""
_opener = urllib.request.build_opener(urllib.request.ProxyHandler({}))


@dataclass
class Counter:
    """One shop with its members; `sold` is what was acknowledged: order id -> member."""

    shop: Shop
    database: Database
    members: list[UUID]
    url: str = ""
    sold: dict[str, UUID] = field(default_factory=dict)
    refusals: int = 0

    def sell(self, order_id: str, member_id: UUID) -> int:
        """Send one sale to the API; 0 when the line broke before an answer came."""
        body = {"orderId": order_id, "memberId": str(member_id), "amount": AMOUNT}
        status, _ = self.post("/purchases", body)
        if status in (200, 202):
            self.sold[order_id] = member_id
        return status

    def sell_for_sure(self, order_id: str, member_id: UUID, patience: float = 45.0) -> None:
        """Send the same sale again until it is acknowledged, as a till does."""
        deadline = time.monotonic() + patience
        while (status := self.sell(order_id, member_id)) not in (200, 202):
            assert status in (0, 503), f"refused for good with {status}"
            assert time.monotonic() < deadline, "never acknowledged"
            self.refusals += 1
            time.sleep(0.1)

    def post(self, path: str, body: Any) -> tuple[int, Any]:
        """POST to the running web process; (0, None) without an answer."""
        return self._send(urllib.request.Request(f"{self.url}/api/v1{path}", json.dumps(body).encode(), method="POST"))

    def get(self, path: str) -> tuple[int, Any]:
        """GET from the running web process; (0, None) without an answer."""
        return self._send(urllib.request.Request(f"{self.url}/api/v1{path}"))

    def send(
        self, method: str, path: str, body: Any = None, *, url: str = "", headers: Mapping[str, str] | None = None
    ) -> tuple[int, Any]:
        """Send any request, to another web process if its `url` is given; (0, None) without an answer."""
        sent = None if body is None else json.dumps(body).encode()
        whole = f"{url or self.url}/api/v1{path}"
        return self._send(urllib.request.Request(whole, sent, dict(headers or {}), method=method))

    def ask(self, query: LiteralString, *values: Any) -> list[tuple[Any, ...]]:
        """Read or plant rows as the superuser, past everything that the product guards."""
        with psycopg.connect(plain_url(self.database.url("postgres")), autocommit=True) as connection:
            cursor = connection.execute(query, values)
            return cursor.fetchall() if cursor.description else []

    def await_sales(self, more: int, seconds: float = 30.0) -> None:
        """Wait until so many more sales were acknowledged."""
        wanted = len(self.sold) + more
        assert wait_until(lambda: len(self.sold) >= wanted, seconds), f"{len(self.sold)} of {wanted} sales"

    def waiting(self) -> int:
        """How many purchases wait to earn."""
        return int(self.ask("SELECT count(*) FROM purchase WHERE waiting")[0][0])

    def await_settled(self, seconds: float = SETTLED_SECONDS) -> float:
        """Wait until every purchase has earned; returns the seconds it took."""
        began = time.monotonic()
        assert wait_until(lambda: self.waiting() == 0, seconds), f"{self.waiting()} purchases still wait"
        return time.monotonic() - began

    def assert_exact(self) -> None:
        """What was acknowledged is there, each sale has earned once in both programs, and the books are clean."""
        recorded = dict(self.ask("SELECT order_id, member_id FROM purchase"))
        assert recorded == self.sold
        assert self.ask("SELECT reason FROM dead_letter WHERE resolved_at IS NULL") == []
        assert self.books() == []
        times_earned = "SELECT count(*) FROM outcome WHERE code IS NULL GROUP BY purchase_id, program_id"
        assert self.ask(times_earned) == [(1,)] * (2 * len(self.sold))
        visits = Tally(self.sold.values())
        points = dict(self.ask("SELECT member_id, balance FROM enrollment WHERE unit = 'points'"))
        assert points == {member: count * POINTS_A_SALE for member, count in visits.items()}
        vouchers = dict(self.ask("SELECT member_id, count(*) FROM voucher GROUP BY member_id"))
        assert vouchers == {member: count // CARD for member, count in visits.items() if count >= CARD}

    def books(self) -> list[Any]:
        """Every break in the books."""
        with unscoped("fault tests") as session:
            return list(breaks(session, self.shop.id))

    def _send(self, request: urllib.request.Request) -> tuple[int, Any]:
        for name, value in {"Content-Type": "application/json", **self.shop.owner.headers}.items():
            request.add_header(name, value)
        try:
            with _opener.open(request, timeout=ANSWER_SECONDS) as answer:
                return answer.status, json.loads(answer.read() or b"null")
        except urllib.error.HTTPError as error:
            with error:
                return error.code, json.loads(error.read())
        except OSError:
            return 0, None


def open_counter(shop: Shop, database: Database) -> Counter:
    """Open the counter: both programs active, ten members."""
    boss = owner_of(shop)
    card = punch_card(shop)
    config = {"pointsPerDollar": 1, "redemptionRate": 100}
    points = {"name": "Points", "ruleType": "POINTS_BASED", "ruleConfig": config}
    with unit_of_work(shop.id):
        program_id = create_program(points, actor=boss)
        for each in (card, program_id):
            move_program(each, Action.ACTIVATE, actor=boss)
        members = [
            create_member({"name": f"Cleo {number}", "email": f"cleo.{number}@example.com"}, actor=boss)
            for number in range(MEMBERS)
        ]
    return Counter(shop, database, members)


@contextmanager
def load(counter: Counter, tills: int = 3, pause: float = 0.02) -> Iterator[None]:
    """Have some tills sell one after the other, round the members, until the block ends."""
    closing = threading.Event()
    failures: list[BaseException] = []

    def till(number: int) -> None:
        sale = 0
        try:
            while not closing.is_set():
                member_id = counter.members[(sale + number) % len(counter.members)]
                counter.sell_for_sure(f"till {number} sale {sale}", member_id)
                sale += 1
                time.sleep(pause)
        except BaseException as error:
            failures.append(error)

    threads = [threading.Thread(target=till, args=(number,)) for number in range(tills)]
    for thread in threads:
        thread.start()
    try:
        yield
    finally:
        closing.set()
        for thread in threads:
            thread.join()
    assert failures == []
