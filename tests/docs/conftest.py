"""A café on real processes, as the readers of the how-to pages have one."""

from __future__ import annotations

import os
import re
import subprocess
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import timedelta
from pathlib import Path
from uuid import UUID

import pytest
from flask import Flask

from app.core import clock
from app.core.unit_of_work import unit_of_work
from app.embedded.services import Services
from app.factory import create_app
from app.jobs import runtime
from app.services.api_keys import create_api_key
from tests.factories.businesses import Shop, found_shop
from tests.factories.people import PASSWORD
from tests.factories.programs import owner_of
from tests.factories.rewards import free_coffee
from tests.factories.trade import join, live_points, live_punch_card, sell
from tests.support.app import close, settings_for
from tests.support.databases import cloned_database
from tests.support.product import running
from tests.support.stack import DATABASES_A_WORKER, FRESH_FROM, flush, worker_number

HOW_TO = Path(__file__).parents[2] / "docs" / "how-to"
PROCESSES = ("web", "worker_earning", "worker_outside", "worker_webhooks", "scheduler")
_HERE = 'curl() { command curl "${@/http:\\/\\/localhost:8000/$REGULARS}"; }\n'
"""Addresses in answers are those of BASE_URL; the processes of a test answer elsewhere."""
_BLOCK = re.compile(r"```sh\n(.*?)```", re.DOTALL)


@dataclass(frozen=True)
class Desk:
    """Where the product answers, and what a reader has: a key, a member with points."""

    origin: str
    shop: Shop
    key: str
    member: UUID

    def run(self, page: str, folder: Path, **named: str) -> str:
        """Run every block of a page, in their order and as they stand; returns what they print."""
        blocks = _BLOCK.findall((HOW_TO / page).read_text(encoding="utf-8"))
        script = _HERE + "\n".join(blocks).replace("http://127.0.0.1:8000", self.origin)
        known = {"REGULARS": self.origin, "TOKEN": self.key, "EMAIL": self.shop.owner.email, "PASSWORD": PASSWORD}
        environment = os.environ | known | {"MEMBER": str(self.member), "no_proxy": "*"} | named
        done = subprocess.run(
            ["bash", "-eu", "-o", "pipefail", "-c", script],
            capture_output=True,
            text=True,
            timeout=110,
            check=False,
            cwd=folder,
            env=environment,
        )
        assert done.returncode == 0, f"{page}\n{done.stdout}\n{done.stderr}"
        return done.stdout


@pytest.fixture(scope="module")
def desk(app: Flask, services: Services, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Desk]:
    """Café Alma, with a points program, a punch card, a reward, and Cleo, who has points."""
    assert services.valkey is not None
    redis_url = services.valkey.url(FRESH_FROM + worker_number() * DATABASES_A_WORKER)
    flush(redis_url)
    with cloned_database(services, redis_url) as cloned:
        made = create_app(settings_for(cloned))
        runtime.serve(made)
        with made.app_context():
            shop, key, member = _opened()
        close(made)
        runtime.serve(app)
        folder = tmp_path_factory.mktemp("desk")
        with running(cloned, folder, PROCESSES, WEBHOOK_PRIVATE_TARGETS="on") as product:
            yield Desk(product.url, shop, key, member)


def _opened() -> tuple[Shop, str, UUID]:
    shop = found_shop("Café Alma", "Alma")
    long_ago = (clock.now() - timedelta(days=300)).isoformat()
    live_points(shop, startsAt=long_ago)
    live_punch_card(shop, startsAt=long_ago)
    free_coffee(shop)
    cleo = join(shop, "Cleo Marsh", phone="+380671234567")
    sell(shop, cleo, "500.00")
    with unit_of_work(shop.id):
        _, key = create_api_key("Reader", "manager", None, owner_of(shop))
    return shop, key, cleo
