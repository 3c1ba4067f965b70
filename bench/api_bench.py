"""The business behind the measured API, and the few ways in which it is called."""

from __future__ import annotations

import json
import time
import urllib.request
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from itertools import count
from typing import Any
from uuid import UUID

from sqlalchemy import select

from app.core.queue import rq_queue
from app.core.unit_of_work import unit_of_work
from app.models.purchase import Purchase
from bench.earning import JOB
from bench.shop import DEMO, Shop, program_body
from bench.tpcb import TpcB
from bench.web import Web
from bench.wrk import Load, load

SECONDS = 4.0
WARMING_SECONDS = 2.0
LISTED = 20
ANSWER_SECONDS = 60.0
MILLISECONDS = 1_000


@dataclass
class ApiBench:
    """One business, its API key, and both web servers."""

    web: Web
    tpcb: TpcB
    shop: Shop
    key: str
    marks: Iterator[int] = field(default_factory=count)

    def warm(self, program_id: UUID) -> None:
        """Let every process import, prepare and remember what it will need."""
        self.get(f"/loyalty/programs/{program_id}", WARMING_SECONDS)
        self.get(f"/loyalty/programs?pageSize={LISTED}", WARMING_SECONDS)
        self.post_purchases(WARMING_SECONDS)
        self.bare(WARMING_SECONDS)

    def bare(self, seconds: float = SECONDS) -> Load:
        """GET the bare route."""
        return load(f"{self.web.bare}/", seconds)

    def get(self, path: str, seconds: float = SECONDS) -> Load:
        """GET below /api/v1; MEMBER in the path is one member after another."""
        members = self.shop.members if "MEMBER" in path else ()
        return load(f"{self.web.product}/api/v1{path}", seconds, key=self.key, members=members)

    def post_purchases(self, seconds: float = SECONDS) -> Load:
        """POST purchases of one member after another, each with an order id of its own."""
        sent = {"orderId": "ORDER", "memberId": "MEMBER", "amount": "42.50", "source": "till"}
        url, mark = f"{self.web.product}/api/v1/purchases", f"m{next(self.marks)}"
        return load(url, seconds, key=self.key, body=json.dumps(sent), mark=mark, members=self.shop.members)

    def call(self, path: str, body: Mapping[str, Any] | None = None) -> float:
        """POST once below /api/v1; the milliseconds until the answer."""
        headers = {"Authorization": f"Bearer {self.key}", "Content-Type": "application/json"}
        sent = json.dumps(body or {}).encode()
        request = urllib.request.Request(f"{self.web.product}/api/v1{path}", sent, headers)
        opener = urllib.request.build_opener(urllib.request.ProxyHandler({}))
        began = time.perf_counter()
        with opener.open(request, timeout=ANSWER_SECONDS) as answer:
            answer.read()
        return (time.perf_counter() - began) * MILLISECONDS

    def is_all_settled(self) -> bool:
        """Whether no purchase waits."""
        with unit_of_work(self.shop.id) as session:
            return session.scalar(select(Purchase.id).where(Purchase.waiting).limit(1)) is None

    def ring(self) -> None:
        """Ring the earning worker, as the sweep does."""
        rq_queue("earning").enqueue_call(f"app.jobs.{JOB}", kwargs={"business_id": str(self.shop.id)})


def listed_programs(number: int = LISTED) -> list[dict[str, object]]:
    """Bodies of drafts: the demo's programs again and again, under numbered names."""
    bodies = [program_body(DEMO[place % len(DEMO)]) for place in range(number)]
    return [
        body | {"name": f"Program {place}", "isActive": False, "startsAt": None} for place, body in enumerate(bodies)
    ]
