"""The product's own processes for the tests that walk through it, with a café that has sold for some weeks."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import timedelta
from uuid import UUID

import pytest
from flask import Flask
from playwright.sync_api import Browser, Page, expect, sync_playwright

from app.core import clock
from app.core.unit_of_work import unit_of_work
from app.embedded.services import Services
from app.factory import create_app
from app.jobs import runtime
from app.services.snapshots import write_snapshots
from tests.browser.chromium import chromium
from tests.browser.cutting import Wire, wire_to
from tests.factories.businesses import Shop, found_shop, hire
from tests.factories.people import PASSWORD, Person
from tests.factories.trade import join, live_points, live_punch_card, sell
from tests.support.app import close, settings_for
from tests.support.databases import Database, cloned_database
from tests.support.product import running
from tests.support.stack import DATABASES_A_WORKER, FRESH_FROM, flush, worker_number

PROCESSES = ("web", "worker_earning")

expect.set_options(timeout=30_000)  # what is waited for comes at once here, and late where all else is busy too


@dataclass(frozen=True)
class Street:
    """The café on its own processes: where they answer, who works there, and what it has."""

    origin: str
    shop: Shop
    ben: Person
    dana: Person
    cleo: UUID
    punch_card: UUID

    def sign_in(self, page: Page, person: Person) -> None:
        """Sign a person in by the form."""
        page.goto(f"{self.origin}/login")
        page.get_by_label("E-mail").fill(person.email)
        page.get_by_label("Password").fill(PASSWORD)
        page.locator("form button[type=submit]").click()
        page.wait_for_url("**/b/**")


@pytest.fixture(scope="module")
def own_database(services: Services) -> Iterator[Database]:
    """A database and a Valkey that no worker of another test looks into; a module's tests follow one another."""
    assert services.valkey is not None
    redis_url = services.valkey.url(FRESH_FROM + worker_number() * DATABASES_A_WORKER)
    flush(redis_url)
    with cloned_database(services, redis_url) as cloned:
        yield cloned


@pytest.fixture(scope="module")
def street(app: Flask, own_database: Database, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Street]:
    """Café Alma with Cleo, who has been here eight times."""
    made = create_app(settings_for(own_database))
    runtime.serve(made)
    with made.app_context():
        shop, ben, dana, cleo, card = _opened()
    close(made)
    runtime.serve(app)
    with running(own_database, tmp_path_factory.mktemp("street"), PROCESSES) as product:
        yield Street(product.url, shop, ben, dana, cleo, card)


@pytest.fixture(scope="module")
def window() -> Iterator[Browser]:
    """One Chromium for all walks."""
    with sync_playwright() as playwright, chromium(playwright) as launched:
        yield launched


def _opened() -> tuple[Shop, Person, Person, UUID, UUID]:
    shop = found_shop("Café Alma", "Alma")
    ben, dana = hire(shop, "Ben", "staff"), hire(shop, "Dana", "manager")
    long_ago = (clock.now() - timedelta(days=60)).isoformat()
    card = live_punch_card(shop, startsAt=long_ago)
    live_points(shop, startsAt=long_ago)
    cleo = join(shop, "Cleo Marsh", phone="+380671234567", email="cleo@example.com")
    for visit in range(8):
        sell(shop, cleo, "42.50", occurredAt=clock.now() - timedelta(days=visit * 4 + 1))
    join(shop, "Nobody Yet")
    with unit_of_work(shop.id):
        write_snapshots()
    return shop, ben, dana, cleo, card


@pytest.fixture
def wire(street: Street) -> Iterator[Wire]:
    """The wire between the till and the product."""
    with wire_to(street.origin) as made:
        yield made
