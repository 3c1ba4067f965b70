"""The demo's café as a town: a year of real purchases, and everything else has happened in it too."""

from __future__ import annotations

import tempfile
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import replace
from datetime import timedelta
from pathlib import Path
from typing import Any
from uuid import UUID

from flask import Flask
from sqlalchemy import func, select

from app.core import clock
from app.core.unit_of_work import platform_session, session, unit_of_work
from app.factory import create_app
from app.jobs import runtime
from app.models.program import Program
from app.models.purchase import Purchase
from app.models.user import UserAccount
from app.queries.businesses import business, open_business_id
from app.services.programs import update_program
from tests.browser.town import Parts, Town, settled_town
from tests.factories.businesses import Shop, signed_in
from tests.factories.programs import owner_of
from tests.support.app import Client, close, settings_for
from tests.support.databases import cloned_database
from tests.support.product import running
from tests.support.servers import temporary_services

OWNER, PASSWORD = "olena@kava.example.com", "coffee before words"
SLUG = "kava"
LATELY = timedelta(days=60)
SHOWN_PROGRAM = "Stamp Book"
WORD = "Vesna"
REWARDS = ("A bag of beans", "Flat white with oat milk")
PROCESSES = ("web", "worker_earning", "worker_outside")


@contextmanager
def settled_demo() -> Iterator[tuple[Flask, Town, str]]:
    """Yield an application, the demo's town and where its own processes answer; nothing of it stays."""
    with temporary_services() as services, tempfile.TemporaryDirectory() as folder:
        assert services.valkey is not None
        with cloned_database(services, services.valkey.url(0)) as database:
            app = create_app(settings_for(database))
            app.test_client_class = Client
            runtime.serve(app)
            seeded = app.test_cli_runner().invoke(args=["demo", "seed"])
            assert seeded.exit_code == 0, seeded.output
            with app.app_context():
                town = _with_regulars(app, settled_town(_demo_shop(), WORD))
                _name_rewards(town.shop)
            with running(database, Path(folder), PROCESSES) as product:
                yield app, town, product.url
            close(app)


def _demo_shop() -> Shop:
    with platform_session():
        business_id = open_business_id(SLUG)
        owner = session().scalars(select(UserAccount.id).where(UserAccount.email == OWNER)).one()
    assert business_id is not None
    with unit_of_work(business_id):
        found = business(business_id)
    person = signed_in("Olena", OWNER, owner, business_id, SLUG)
    return Shop(business_id, SLUG, found["name"], found["currency"], found["timezone"], person)


def _with_regulars(app: Flask, town: Town) -> Town:
    """Show the member who came most often lately, and a program that hundreds take part in and that was changed."""
    with unit_of_work(town.shop.id):
        visits = select(Purchase.member_id).where(Purchase.occurred_at > clock.now() - LATELY)
        regular: UUID = (
            session().scalars(visits.group_by(Purchase.member_id).order_by(func.count().desc()).limit(1)).one()
        )
        latest = select(Purchase.id).where(Purchase.member_id == regular).order_by(Purchase.occurred_at.desc())
        purchase: UUID = session().scalars(latest.limit(1)).one()
        program: UUID = session().scalars(select(Program.id).where(Program.name == SHOWN_PROGRAM)).one()
    with unit_of_work(town.shop.id):
        update_program(program, {"blackoutDates": ["2027-01-01"], "priority": 5}, actor=owner_of(town.shop))
    of_member: Mapping[str, Any] = {"member_id": regular, "purchase_id": purchase}
    own: dict[str, Parts] = {
        rule.endpoint: of_member
        for rule in app.url_map.iter_rules()
        if "member_id" in rule.arguments and rule.rule.startswith("/b/<slug>/members/")
    }
    own["members.lift"] = {"member_id": town.parts["member_id"]}
    queries = {**town.queries, "history.compare": "?from=1&to=2"}
    parts = {**town.parts, "program_id": program}
    return replace(town, parts=parts, own_parts={**own, **town.own_parts}, queries=queries)


def _name_rewards(shop: Shop) -> None:
    """Call the rewards that have no name of their own by what they could be."""
    nameless = [one["id"] for one in shop.owner.get("/rewards").json["data"] if one["name"] == WORD]
    for reward_id, name in zip(nameless, REWARDS, strict=True):
        assert shop.owner.put(f"/rewards/{reward_id}", {"name": name}).status_code == 200
