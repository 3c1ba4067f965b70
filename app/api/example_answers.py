"""An example of every answer, made from its schema: each field has the form it has in life, by its name."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from app.api.examples import ID, PROGRAMS

_NOW = "2026-11-21T09:30:00Z"
_COFFEE = "A coffee on the house"

_ABSENT = {
    "asOf", "budget", "deletedAt", "disabledReason", "endsAt", "error", "exclusiveGroup", "failingSince", "hours",
    "imageUrl", "lastError", "logoUrl", "nextCursor", "nextTryAt", "note", "notes", "rate", "recurrence", "redeemUntil",
    "secondsLeft", "shippingAddress", "sku", "tierExclusive", "trackingNumber",
}  # fmt: skip
"""Fields that are mostly empty: null where they may be, else their empty value."""

_TEXTS = {
    "accessToken": "eyJhbGciOiJIUzI1NiIsImtpZCI6IjEiLCJ0eXAiOiJKV1QifQ.eyJpc3MiOiJyZWd1bGFycyJ9.c2lnbmF0dXJl",
    "action": "program.paused",
    "amount": "42.50",
    "bestFor": "Cafés and bakeries",
    "brandColor": "#7f3b1c",
    "cashback": "0.00",
    "category": "coffee",
    "changes": "Punches required 8 → 10",
    "closes": "18:00",
    "code": "K7QM-2XPA",
    "createdBy": "Alma",
    "currency": "UAH",
    "description": _COFFEE,
    "email": "alma@example.com",
    "eventType": "loyalty.purchase.processed",
    "eventTypes": "loyalty.purchase.processed",
    "excerpt": "ok",
    "explanation": "1 punch: 4 of 9",
    "externalId": "0042",
    "field": "ruleType",
    "fileName": "members-2026-11-21.csv",
    "fileUrl": f"https://regulars.example/api/v1/operations/{ID}/file",
    "hint": "rk_…x7Qa",
    "id": "coffee-punch-card",
    "imageAlt": "A cup of coffee",
    "industry": "cafe",
    "key": "rk_8sVdK2…",
    "kind": "user",
    "memberName": "Cleo Ray",
    "message": "Another live program is of the same rule type",
    "name": "Cleo Ray",
    "opens": "09:00",
    "orderId": "1001",
    "payloadVersion": "1",
    "percent": "6.2",
    "permissions": "purchase:record",
    "phone": "+380671112233",
    "programName": "Coffee card",
    "quantity": "1",
    "recordedBy": "Web shop",
    "referralCode": "CLEO42",
    "refreshToken": "rt_…",
    "remaining": "5",
    "requestId": ID,
    "requestedBy": "Alma",
    "rewardType": "free_product",
    "role": "staff",
    "ruleType": "PUNCH_CARD",
    "secret": "whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw",
    "segments": "new",
    "sentence": "Buy 9, get the 10th free",
    "sharedCode": "COFFEE",
    "slug": "cafe-alma",
    "source": "api",
    "terms": "One for each visit",
    "tier": "Friend",
    "timezone": "Europe/Kyiv",
    "tokenType": "Bearer",
    "unitPrice": "42.50",
    "url": "https://example.com/hooks",
    "voucherCode": "K7QM-2XPA",
    "words": "6.2 % of sales",
}
_MONEY = {"balance", "balanceAfter", "owed", "pending", "refunded", "spending", "spent"}
_NUMBERS = {"pageSize": 20, "limit": 20, "priority": 100, "version": 3, "statusCode": 200, "lastStatus": 200}
_OBJECTS: dict[str, Any] = {
    "figures": {"created": 312, "updated": 40, "failed": 5},
    "payload": {"businessId": ID, "memberId": ID, "points": 25},
    "progress": {"punches": 4, "required": 9},
    "ruleConfig": PROGRAMS["PUNCH_CARD"]["ruleConfig"],
    "programsByStatus": {"ACTIVE": 2, "DRAFT": 1},
    "tierDistribution": {"Friend": 41, "Family": 7},
    "errors": {"ruleConfig.punchesRequired": ["Punches required must be between 2 and 50"]},
    "before": {"state": "active"},
    "after": {"state": "paused"},
}


def example_of(schema: Mapping[str, Any], schemas: Mapping[str, Any], name: str = "") -> Any:
    """Return a value that the schema allows; `schemas` are those that it refers to, `name` the field's."""
    if "$ref" in schema:
        return example_of(schemas[schema["$ref"].rpartition("/")[2]], schemas, name)
    if "anyOf" in schema or "oneOf" in schema:
        return _one_of(list(schema.get("anyOf") or schema["oneOf"]), schemas, name)
    if "const" in schema or "enum" in schema:
        return schema["const"] if "const" in schema else schema["enum"][0]
    made = _MADE.get(str(schema.get("type")))
    return made(schema, schemas, name) if made else None


def _one_of(choices: list[Mapping[str, Any]], schemas: Mapping[str, Any], name: str) -> Any:
    """Nothing where a field is mostly empty, an object where we know one, else the first choice that is something."""
    if {"type": "null"} in choices and name in _ABSENT:
        return None
    real = [choice for choice in choices if choice != {"type": "null"}]
    return example_of(real[0], schemas, name)


def _object(schema: Mapping[str, Any], schemas: Mapping[str, Any], name: str) -> Any:
    if "properties" in schema:
        return {field: example_of(of, schemas, field) for field, of in schema["properties"].items()}
    return _OBJECTS.get(name, {})


def _array(schema: Mapping[str, Any], schemas: Mapping[str, Any], name: str) -> Any:
    return [] if name in _ABSENT else [example_of(schema.get("items", {}), schemas, name)]


def _text(schema: Mapping[str, Any], _: Mapping[str, Any], name: str) -> Any:
    by_form = {"uuid": ID, "date-time": _NOW, "date": _NOW[:10]}
    if (form := schema.get("format")) in by_form:
        return by_form[form]
    if name in _ABSENT:
        return ""
    return _TEXTS.get(name, "12.50" if name in _MONEY or "pattern" in schema else "…")


def _number(schema: Mapping[str, Any], _: Mapping[str, Any], name: str) -> Any:
    return _NUMBERS.get(name, schema.get("minimum", 1))


_MADE: Mapping[str, Any] = {
    "object": _object,
    "array": _array,
    "string": _text,
    "integer": _number,
    "number": _number,
    "boolean": lambda *_: True,
}
