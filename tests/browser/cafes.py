"""A café that somebody has founded through the API of a running product: its places, members, programs and mails."""

from __future__ import annotations

import json
import re
from dataclasses import dataclass
from typing import Any
from urllib.request import ProxyHandler, Request, build_opener

from playwright.sync_api import Page, expect

from app.core.ids import token
from app.embedded.processes import wait_until
from tests.factories.businesses import address
from tests.factories.people import PASSWORD

ZONE = "Europe/Kyiv"
SETTLED_SECONDS = 30.0
MAILED_SECONDS = 40.0

_opener = build_opener(ProxyHandler({}))


@dataclass(frozen=True)
class Guest:
    """A member of the café."""

    id: str
    name: str
    email: str


@dataclass(frozen=True)
class Cafe:
    """Where the product answers, the café's name in addresses, and who runs it."""

    origin: str
    slug: str
    email: str
    access_token: str

    @property
    def home(self) -> str:
        """Where its pages begin."""
        return f"{self.origin}/b/{self.slug}"

    def ask(self, method: str, path: str, body: dict[str, Any] | None = None) -> Any:
        """Call the API as the owner; raises HTTPError for any refusal."""
        return _call(f"{self.origin}/api/v1{path}", method, body, {"Authorization": f"Bearer {self.access_token}"})

    def guest(self, name: str) -> Guest:
        """Let somebody join, with an address of their own."""
        email = address(name.partition(" ")[0])
        made = self.ask("POST", "/members", {"name": name, "email": email})
        return Guest(made["id"], name, email)

    def place(self, name: str) -> str:
        """Open a location; returns its id."""
        made: str = self.ask("POST", "/locations", {"name": name})["id"]
        return made

    def card(self, name: str, *, size: int = 3, **fields: Any) -> str:
        """Make a punch card and activate it; returns its id."""
        rule = {
            "punchesRequired": size,
            "rewardType": "free_item",
            "rewardValue": "free_coffee",
            "rewardDescription": "A coffee on the house",
        }
        body = {"name": name, "ruleType": "PUNCH_CARD", "ruleConfig": rule, **fields}
        made: str = self.ask("POST", "/loyalty/programs", body)["id"]
        self.ask("POST", f"/loyalty/programs/{made}/activate")
        return made

    def sell(self, guest: Guest, amount: str = "40.00") -> None:
        """Sell something away from the till, and wait until it has counted."""
        sold = self.ask("POST", "/purchases", {"orderId": token(64), "memberId": guest.id, "amount": amount})
        path = "/purchases/" + sold["id"]
        assert wait_until(lambda: self.ask("GET", path)["earning"] == "done", SETTLED_SECONDS)

    def card_address(self, office: Page, guest: Guest) -> str:
        """Return the link to a guest's card, from the owner's page of that guest."""
        html = office.request.get(f"{self.home}/members/{guest.id}").text()
        link = re.search(rf"/m/{self.slug}/card/[^\"]+", html)
        assert link is not None
        return self.origin + link[0]

    def mail_to(self, page: Page, recipient: str, subject: str) -> None:
        """Wait for a mail to somebody whose subject has these words, and open it."""
        sent = page.locator("li", has_text=recipient).get_by_role("link", name=re.compile(re.escape(subject)))
        page.goto(f"{self.origin}/dev/mail")

        def is_there() -> bool:
            page.reload()
            return sent.count() > 0

        assert wait_until(is_there, MAILED_SECONDS, pause=0.5), f"no mail to {recipient}: {subject}"
        page.goto(self.origin + str(sent.first.get_attribute("href")))
        expect(page.get_by_role("heading", level=1)).to_contain_text(subject)


def founded(origin: str, owner: str) -> Cafe:
    """Sign a café up; each has an address and an owner of its own."""
    email = address(owner)
    body = {
        "businessName": f"Café {owner}",
        "email": email,
        "password": PASSWORD,
        "timezone": ZONE,
        "currency": "UAH",
        "industry": "coffee",
    }
    made = _call(f"{origin}/api/v1/auth/signup", "POST", body, {})
    return Cafe(origin, made["business"]["slug"], email, made["accessToken"])


def _call(url: str, method: str, body: dict[str, Any] | None, headers: dict[str, str]) -> Any:
    data = None if body is None else json.dumps(body).encode()
    request = Request(url, data, {"Content-Type": "application/json", **headers}, method=method)
    with _opener.open(request, timeout=30) as answer:
        return json.loads(answer.read() or b"null")
