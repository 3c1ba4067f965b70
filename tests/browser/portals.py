"""A café whose members have cards, on its own processes, and how Cleo signs in to hers."""

from __future__ import annotations

import email
import email.policy
import time
from dataclasses import dataclass
from datetime import timedelta
from uuid import UUID

from playwright.sync_api import Page

from app.core import clock
from tests.factories.businesses import Shop, found_shop
from tests.factories.portal import CODE, ENDOWED_CARD, own_address
from tests.factories.rewards import free_coffee
from tests.factories.trade import join, live_points, live_punch_card, sell
from tests.support.product import Product


@dataclass(frozen=True)
class Counter:
    """The café on its own processes, its poster's code, and Cleo, who has been here eight times."""

    product: Product
    shop: Shop
    poster: str
    cleo: UUID
    address: str

    @property
    def card(self) -> str:
        """Where members have their card."""
        return f"{self.product.url}/m/{self.shop.slug}/"

    def code_for(self, address: str) -> str:
        """Wait for the newest code that is mailed to an address; other mails to it may be newer."""
        for _ in range(100):
            read = [email.message_from_bytes(file.read_bytes(), policy=email.policy.default) for file in self._mails()]
            found = [code for mail in read if mail["To"] == address and (code := CODE.search(mail["Subject"]))]
            if found:
                return found[-1][1] + found[-1][2]
            time.sleep(0.2)
        raise AssertionError(f"no code for {address}")

    def sign_in(self, page: Page) -> None:
        """Sign Cleo in by the form and the mailed code."""
        for mail in self._mails():
            mail.unlink()
        page.goto(f"{self.card}sign-in")
        page.get_by_label("Your phone number or e-mail address").fill(self.address)
        page.get_by_role("button", name="Send me a code").click()
        page.get_by_label("Code").fill(self.code_for(self.address))
        page.get_by_role("button", name="Open my card").click()
        page.wait_for_url(self.card)

    def _mails(self) -> list:  # type: ignore[type-arg]
        return sorted(self.product.mails, key=lambda file: file.stat().st_mtime_ns)


def opened_portal() -> tuple[Shop, UUID, str]:
    """Open the café; returns it, Cleo, who has been there eight times, and her address."""
    shop, address = found_shop("Café Alma", "Alma"), own_address("cleo")
    long_ago = (clock.now() - timedelta(days=60)).isoformat()
    live_punch_card(shop, startsAt=long_ago, ruleConfig=ENDOWED_CARD)
    live_punch_card(shop, startsAt=long_ago, name="Cake card")
    live_points(shop, startsAt=long_ago)
    free_coffee(shop)
    free_coffee(shop, name="A bag of beans", pointsCost=2_000)
    cleo = join(shop, "Cleo Marsh", phone="+380671234567", email=address)
    for visit in range(8):
        sell(shop, cleo, "42.50", occurredAt=clock.now() - timedelta(days=visit * 4 + 1))
    return shop, cleo, address
