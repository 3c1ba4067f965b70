"""One good request for every POST of the API that takes an Idempotency-Key, each on rows of its own."""

from __future__ import annotations

import tomllib
from collections.abc import Callable
from pathlib import Path
from typing import Any
from uuid import UUID

from flask import Flask
from werkzeug.test import TestResponse

from app.core.ids import new_id
from app.core.unit_of_work import unit_of_work
from app.jobs.operations import run_operations
from app.services.operations import start_operation
from app.services.webhook_replays import send_test
from tests.architecture.audit_walk import Body, Step, World
from tests.architecture.audit_walk import step as configuring_step
from tests.architecture.test_routes import PART
from tests.factories.people import Person
from tests.factories.programs import PUNCH_CONFIG
from tests.factories.rewards import free_coffee, read, redeem, saver
from tests.factories.trade import join, live_points, live_punch_card, sell

MATRIX = Path(__file__).parents[1] / "architecture" / "role_matrix.toml"
_BASE = "/api/v1"
_OUTSIDE = f"POST {_BASE}/auth/"

Made = tuple[Body, Body]

SAVES_NOTHING = {
    f"POST {_BASE}/loyalty/programs/validate",
    f"POST {_BASE}/loyalty/programs/<uuid:program_id>/validate",
    f"POST {_BASE}/loyalty/programs/preview",
    f"POST {_BASE}/purchases/<uuid:purchase_id>/refunds/preview",
}


def posts() -> list[str]:
    """Every POST of the API outside /auth; another test holds the role matrix to the URL map."""
    routes: dict[str, str] = tomllib.loads(MATRIX.read_text())["routes"]
    return [route for route in routes if route.startswith(f"POST {_BASE}/") and not route.startswith(_OUTSIDE)]


def step(world: World, route: str) -> Step:
    """Return a good request for an address, on rows that nobody else uses."""
    made = _TRADE.get(route)
    found = Step(*made(world)) if made else configuring_step(world, route)
    assert found is not None, f"{route}: say in good_posts.py what a good request is"
    return found


def ask(app: Flask, person: Person, route: str, asked: Step, body: Body | None = None, **headers: str) -> TestResponse:
    """Send the request, or the same with another body; what is beside a file goes into the address."""
    path = PART.sub(lambda part: str(asked.ids[part["name"]]), route.partition(" ")[2])
    sent = person.headers | {name.replace("_", "-"): value for name, value in headers.items()}
    given = asked.body if body is None else body
    beside = {name: value for name, value in given.items() if name != "file"}
    content = (
        {"data": given["file"], "content_type": "text/csv", "query_string": beside}
        if beside != given
        else {"json": given}
    )
    return app.test_client(use_cookies=False).post(path, headers=sent, **content)


def _member(world: World) -> str:
    return str(join(world.shop, "Cleo"))


def _sale(world: World) -> Body:
    return {"orderId": str(new_id()), "memberId": _member(world), "amount": "12.50"}


def _sold(world: World, **fields: Any) -> Body:
    return {"purchase_id": sell(world.shop, join(world.shop, "Cleo"), "12.50", **fields)}


def _adjustment(world: World) -> Made:
    program_id = live_points(world.shop)
    return {"member_id": _member(world)}, {"programId": str(program_id), "points": 50, "reason": "A thank-you"}


def _redemption(world: World) -> Made:
    program_id, reward_id = live_points(world.shop), free_coffee(world.shop)
    member_id = saver(world.shop, program_id=program_id)
    return {}, {"memberId": str(member_id), "rewardId": str(reward_id), "programId": str(program_id)}


def _voucher(world: World) -> Made:
    program_id = live_points(world.shop)
    bought = redeem(
        world.shop, saver(world.shop, program_id=program_id), free_coffee(world.shop), program_id=program_id
    )
    return {"code": read(world.shop, bought)["voucherCode"]}, {"locationId": str(world.location()["location_id"])}


def _delivery(world: World) -> Body:
    ids = world.endpoint()
    with unit_of_work(world.shop.id):
        return ids | {"delivery_id": send_test(UUID(str(ids["endpoint_id"])), actor=world.actor)}


def _members_file(world: World) -> Made:
    return {}, {"file": f"Name,External id\nCleo,{new_id()}\n".encode()}


def _sales_file(world: World) -> Made:
    row = f"{new_id()},2026-03-28T10:15,{_member(world)},38.70"
    return {}, {"file": f"Order,Date,Card,Total\n{row}\n".encode(), "source": "old-till"}


def _imported(world: World) -> Made:
    """An import of members that is done, so that it can be undone."""
    route = f"{_MEMBERS}/imports"
    answer = ask(world.shop.owner.app, world.shop.owner, route, Step(*_members_file(world)))
    run_operations(str(world.shop.id))
    return {"import_id": answer.json["subjectId"]}, {}


def _operation(world: World) -> Made:
    with unit_of_work(world.shop.id):
        asked = start_operation("member_export", total=1, actor=world.actor, params={"filter": {}, "programId": ""})
    return {"operation_id": asked}, {}


_PROGRAMS = f"POST {_BASE}/loyalty/programs"
_PURCHASES = f"POST {_BASE}/purchases"
_ONE_PURCHASE = f"{_PURCHASES}/<uuid:purchase_id>"
_MEMBERS = f"POST {_BASE}/members"
_ONE_MEMBER = f"{_MEMBERS}/<uuid:member_id>"
_HOOK = f"POST {_BASE}/webhook-endpoints/<uuid:endpoint_id>"
_CARD = {"name": "Card", "ruleType": "PUNCH_CARD", "ruleConfig": dict(PUNCH_CONFIG)}
_REFUND = {"amount": "2.50", "reason": "The cake was cold"}
_SPAN = {"from": "2026-01-01T00:00:00Z", "to": "2126-01-01T00:00:00Z"}

_TRADE: dict[str, Callable[[World], Made]] = {
    f"{_PROGRAMS}/validate": lambda world: ({}, dict(_CARD)),
    f"{_PROGRAMS}/<uuid:program_id>/validate": lambda world: (world.draft(), {"name": "Another"}),
    f"{_PROGRAMS}/preview": lambda world: ({}, _CARD | {"purchases": [{"amount": "12.50"}]}),
    f"{_PROGRAMS}/<uuid:program_id>/enrollments": lambda world: (
        {"program_id": live_punch_card(world.shop)},
        {"memberId": _member(world)},
    ),
    _MEMBERS: lambda world: ({}, {"name": "Cleo", "externalId": new_id().hex}),
    f"{_ONE_MEMBER}/status": lambda world: ({"member_id": _member(world)}, {"status": "suspended"}),
    f"{_ONE_MEMBER}/merge": lambda world: ({"member_id": _member(world)}, {"into": _member(world)}),
    f"{_ONE_MEMBER}/adjustments": _adjustment,
    f"{_MEMBERS}/imports": _members_file,
    f"{_MEMBERS}/imports/<uuid:import_id>/undo": _imported,
    f"{_MEMBERS}/exports": lambda world: ({}, {"status": "active"}),
    f"{_PURCHASES}/imports": _sales_file,
    f"{_PURCHASES}/exports": lambda world: ({}, {"memberId": _member(world)}),
    f"POST {_BASE}/operations/<uuid:operation_id>/cancel": _operation,
    _PURCHASES: lambda world: ({}, _sale(world)),
    f"{_PURCHASES}/bulk": lambda world: ({}, {"purchases": [_sale(world), _sale(world)]}),
    f"{_ONE_PURCHASE}/complete": lambda world: (_sold(world, status="pending"), {}),
    f"{_ONE_PURCHASE}/cancel": lambda world: (_sold(world), {}),
    f"{_ONE_PURCHASE}/move": lambda world: (_sold(world), {"memberId": _member(world), "reason": "Wrong member"}),
    f"{_ONE_PURCHASE}/refunds": lambda world: (_sold(world), dict(_REFUND)),
    f"{_ONE_PURCHASE}/refunds/preview": lambda world: (_sold(world), dict(_REFUND)),
    f"POST {_BASE}/redemptions": _redemption,
    f"POST {_BASE}/vouchers/<code>/redeem": _voucher,
    f"{_HOOK}/test": lambda world: (world.endpoint(), {}),
    f"{_HOOK}/replay": lambda world: (world.endpoint(), dict(_SPAN)),
    f"{_HOOK}/deliveries/<uuid:delivery_id>/redeliver": lambda world: (_delivery(world), {}),
}
