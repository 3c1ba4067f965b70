"""What programs ask of the API while a business is open: sales, balances, members, and its programs now and then."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from itertools import cycle

from bench.shop import Shop, found_shop

MEMBERS = 500
"""So many that even in a minute of the busiest load each buys ten times at most, as a member may in some weeks."""
API = "/api/v1"
READING = f"{API}/loyalty/programs"
MIX = (
    *("one program",) * 8,
    *("list of programs",) * 4,
    *("balance",) * 4,
    *("member",) * 2,
    *("sale",) * 2,
)
"""Of twenty requests: what menus and shop pages show, what tills and members look up, and what is sold."""
INGEST = ("balance", "balance", "member", "sale")
"""The same without what counts as management (API.md, rate limits)."""


@dataclass(frozen=True, slots=True)
class Asked:
    """One request; ORDER in the body stands for an order id that no other request has."""

    method: str
    path: str
    body: str = ""


@dataclass(frozen=True, slots=True)
class Trade:
    """A business and a key to its API."""

    shop: Shop
    key: str

    def asks(self, kinds: Sequence[str]) -> Iterator[Asked]:
        """Endless requests of these kinds in turn, about one member after another."""
        members = cycle(self.shop.members)
        return (self._asked(kind, str(next(members))) for kind in cycle(kinds))

    def _asked(self, kind: str, member: str) -> Asked:
        if kind == "sale":
            sent = f'{{"orderId": "ORDER", "memberId": "{member}", "amount": "42.50", "source": "bench"}}'
            return Asked("POST", f"{API}/purchases", sent)
        paths = {
            "one program": f"{READING}/{self.shop.programs[0]}",
            "list of programs": f"{READING}?pageSize=20",
            "balance": f"{API}/members/{member}/enrollments",
            "member": f"{API}/members/{member}",
        }
        return Asked("GET", paths[kind])


def found_trade() -> Trade:
    """Found a business with a points program, some members, and a key."""
    shop = found_shop({"POINTS_BASED"}, MEMBERS, has_caps=False)
    return Trade(shop, shop.api_key())
