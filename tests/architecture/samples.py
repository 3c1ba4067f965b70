"""Rows of the café's whose ids are put into addresses, and bodies that are right, so that only the id can be wrong."""

from __future__ import annotations

from typing import Any
from uuid import UUID

from app.adapters.webhook_sender import WebhookSender
from app.core.ids import new_id
from app.core.unit_of_work import unit_of_work
from app.queries import webhooks
from app.services.api_keys import create_api_key
from app.services.bulk_runs import start_run
from app.services.businesses import create_location
from app.services.member_imports import keep_file
from app.services.operations import start_operation
from app.services.staff import add_staff
from app.services.webhook_replays import send_test
from app.services.webhooks import add_endpoint
from tests.factories.businesses import Shop, address
from tests.factories.people import PASSWORD, Person
from tests.factories.programs import owner_of, punch_card
from tests.factories.rewards import free_coffee, redeem, saver

CANARY = "Canary of Alma"

_EVERYBODY: dict[str, Any] = {"filter": {}, "programId": ""}
_PROGRAMS = "/api/v1/loyalty/programs/<uuid:program_id>"
_PURCHASES = "/api/v1/purchases/<uuid:purchase_id>"

_SPAN = {"from": "2026-01-01T00:00:00Z", "to": "2026-01-02T00:00:00Z"}

BODIES: dict[str, dict[str, Any]] = {
    "PATCH /api/v1/locations/<uuid:location_id>": {"name": "Another name"},
    "PATCH /api/v1/staff/<uuid:staff_id>": {"name": "Another name"},
    f"PUT {_PROGRAMS}": {"name": "Another name"},
    f"POST {_PROGRAMS}/activate": {},
    f"POST {_PROGRAMS}/unschedule": {},
    f"POST {_PROGRAMS}/pause": {},
    f"POST {_PROGRAMS}/resume": {},
    f"POST {_PROGRAMS}/end": {},
    f"POST {_PROGRAMS}/restore": {},
    f"POST {_PROGRAMS}/duplicate": {},
    "PATCH /api/v1/webhook-endpoints/<uuid:endpoint_id>": {"description": "Another"},
    "POST /api/v1/webhook-endpoints/<uuid:endpoint_id>/replay": {
        "from": "2026-01-01T00:00:00Z",
        "to": "2026-01-02T00:00:00Z",
    },
    "PATCH /api/v1/members/<uuid:member_id>": {"name": "Another name"},
    "PUT /api/v1/rewards/<uuid:reward_id>": {"name": "Another name"},
    "PATCH /api/v1/redemptions/<uuid:redemption_id>": {"notes": "Another"},
    "POST /api/v1/vouchers/<code>/redeem": {},
    "POST /api/v1/members/<uuid:member_id>/status": {"status": "suspended"},
    "POST /api/v1/members/imports/<uuid:import_id>/undo": {},
    "POST /api/v1/operations/<uuid:operation_id>/cancel": {},
    f"POST {_PURCHASES}/complete": {},
    f"POST {_PURCHASES}/cancel": {},
    f"POST {_PURCHASES}/refunds": {"amount": "1.00"},
    f"POST {_PURCHASES}/refunds/preview": {"amount": "1.00"},
}


def sample_ids(shop: Shop, word: str = CANARY) -> dict[str, UUID | str]:
    """Return an id of the shop's for each name in an address, all called by one word; "unknown" is nobody's."""
    member_id = _made(shop.owner, "/members", {"name": word, "phone": "+380671234567"})
    purchase = {"orderId": word, "memberId": member_id, "amount": "10.00", "status": "pending"}
    found: dict[str, UUID | str] = {
        "unknown": new_id(),
        "member_id": member_id,
        "purchase_id": _made(shop.owner, "/purchases", purchase),
        "program_id": punch_card(shop, name=word),
        "number": "1",
        "code": "not_found",
        "table": "days",
        "template_id": "coffee-punch-card",
        "starter_key": "coffee",
        "article_key": "rule-types",
        "filename": "css/base.css",
        "slug": shop.slug,
        "key": "none",
    }
    found["reward_id"] = free_coffee(shop, name=word)
    found["redemption_id"] = redeem(shop, saver(shop, word), free_coffee(shop, name=word))
    with unit_of_work(shop.id):
        found["import_id"] = keep_file(f"{word}.csv", f"Name,Phone\n{word},0671112233\n".encode(), actor=owner_of(shop))
        found["operation_id"] = start_operation("member_export", total=1, actor=owner_of(shop), params=_EVERYBODY)
        found["key_id"] = create_api_key(word, "staff", None, owner_of(shop))[0]
        found |= _webhook(shop, word)
        found["run_id"] = start_run("pause", [UUID(str(found["program_id"]))], actor=owner_of(shop))
        found["location_id"] = create_location({"name": word}, owner_of(shop))
        found["staff_id"] = add_staff(word, address("sample"), "staff", PASSWORD, None, owner_of(shop))
    return found


def _made(owner: Person, path: str, body: dict[str, Any]) -> str:
    answer = owner.post(path, body)
    assert answer.status_code in (201, 202), answer.json
    return str(answer.json["id"])


def _webhook(shop: Shop, word: str) -> dict[str, UUID | str]:
    """An endpoint with a delivery of an event; the caller's unit of work is open."""
    endpoint_id, _ = add_endpoint(
        WebhookSender(allows_private=True),
        url="http://127.0.0.1:9/",
        description=word,
        event_types=[],
        actor=owner_of(shop),
    )
    delivery_id = send_test(endpoint_id, actor=owner_of(shop))
    event_id = webhooks.delivery(endpoint_id, delivery_id)["eventId"]
    return {"endpoint_id": endpoint_id, "delivery_id": delivery_id, "event_id": event_id}
