"""A café with rows in every list of the API, and a way to add one to each while somebody leafs."""

from __future__ import annotations

from collections.abc import Mapping
from uuid import UUID

from app.adapters.webhook_sender import WebhookSender
from app.core.unit_of_work import unit_of_work
from app.services.api_keys import create_api_key
from app.services.operations import start_operation
from app.services.staff import add_staff
from app.services.webhook_replays import send_test
from app.services.webhooks import add_endpoint
from tests.architecture.samples import sample_ids
from tests.factories.businesses import Shop, address
from tests.factories.programs import owner_of
from tests.factories.rewards import free_coffee, redeem
from tests.factories.trade import join, live_points, sell

Ids = Mapping[str, UUID | str]


def listed_ids(shop: Shop, rows: int = 3) -> Ids:
    """Return the ids for addresses whose lists have some rows each; all purchases earn in one points program."""
    ids = {**sample_ids(shop), "member_id": join(shop, "Cleo"), "reward_id": free_coffee(shop)}
    ids["program_id"] = live_points(shop)
    for _ in range(rows):
        add_rows(shop, ids)
    return ids


def add_rows(shop: Shop, ids: Ids) -> None:
    """Add a row to every list that is told apart by a cursor."""
    cleo, program_id, owner = _id(ids, "member_id"), _id(ids, "program_id"), owner_of(shop)
    for member_id in (cleo, join(shop, "Jo")):
        sell(shop, member_id, "100.00")
    redeem(shop, cleo, _id(ids, "reward_id"), program_id=program_id)
    sender = WebhookSender(allows_private=True)
    with unit_of_work(shop.id):
        create_api_key("Shop", "staff", None, owner)
        add_staff("Ben", address("ben"), "staff", None, None, owner)
        add_endpoint(sender, url="http://127.0.0.1:9/", description="", event_types=[], actor=owner)
        send_test(_id(ids, "endpoint_id"), actor=owner)
        start_operation("member_export", total=1, actor=owner, params={"filter": {}, "programId": ""})


def _id(ids: Ids, name: str) -> UUID:
    return UUID(str(ids[name]))
