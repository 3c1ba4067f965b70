"""One good body for every call that takes one: in the OpenAPI document, the pages made from it, and its reader."""

from __future__ import annotations

from typing import Any

ID = "01890a5d-ac96-774b-bcce-b302099a8057"
"""An id in examples."""
_PASSWORD = "a horse with four legs"  # noqa: S105 - nobody's
_NAMED = {"rewardType": "free_item", "rewardValue": "free_coffee", "rewardDescription": "A coffee on the house"}
_PUNCH_CARD = {"name": "Coffee card", "ruleType": "PUNCH_CARD", "ruleConfig": {"punchesRequired": 9, **_NAMED}}

PROGRAMS: dict[str, dict[str, Any]] = {
    "POINTS_BASED": {
        "name": "Bean points",
        "ruleType": "POINTS_BASED",
        "ruleConfig": {"pointsPerDollar": 2, "redemptionRate": 100},
    },
    "PUNCH_CARD": _PUNCH_CARD,
    "STAMP_CARD": {
        "name": "Bread club",
        "ruleType": "STAMP_CARD",
        "ruleConfig": {
            "stampsRequired": 8,
            "stampEarnRule": {"type": "per_item", "value": 1},
            "categoryFilter": "bread",
            "rewardType": "free_item",
            "rewardValue": "free_bread",
            "rewardDescription": "A loaf on the house",
        },
    },
    "AMOUNT_SPENT": {
        "name": "Spend goal",
        "ruleType": "AMOUNT_SPENT",
        "ruleConfig": {
            "thresholdAmount": 100,
            "rewardType": "credit",
            "rewardValue": 20,
            "rewardDescription": "20 off your next visit",
        },
    },
    "VISIT_FREQUENCY": {
        "name": "Morning regulars",
        "ruleType": "VISIT_FREQUENCY",
        "ruleConfig": {"visitsRequired": 5, "withinDays": 30, **_NAMED},
    },
    "TIER_BASED": {
        "name": "Circle",
        "ruleType": "TIER_BASED",
        "ruleConfig": {
            "evaluationPeriod": "yearly",
            "tiers": [
                {"name": "Friend", "threshold": {"type": "spending", "value": 50}},
                {"name": "Family", "threshold": {"type": "spending", "value": 500}},
            ],
        },
    },
    "CASH_BACK": {
        "name": "Cash back",
        "ruleType": "CASH_BACK",
        "ruleConfig": {"rates": [{"minimumAmount": 0, "ratePercent": 5}]},
    },
}
"""One accepted program of each rule type."""

PREVIEW: dict[str, Any] = {"purchases": [{"amount": "12.50"}]}
TEMPLATE: dict[str, Any] = {"templateId": "coffee-punch-card", "name": "Coffee card"}
_PURCHASE = {"orderId": "1001", "member": {"phone": "+380671112233"}, "amount": "12.50"}
_REWARD = {"name": "Cake", "rewardType": "free_product", "pointsCost": 100}
_REFUND = {"amount": "2.50", "reason": "The cake was cold"}

BODIES: dict[str, dict[str, Any]] = {
    "POST /members/{member_id}/adjustments": {"programId": ID, "points": 50, "reason": "A thank-you"},
    "POST /api-keys": {"name": "Web shop", "role": "staff"},
    "POST /auth/signup": {
        "businessName": "Café Alma",
        "email": "alma@example.com",
        "password": _PASSWORD,
        "timezone": "Europe/Kyiv",
        "currency": "UAH",
    },
    "POST /auth/token": {"email": "alma@example.com", "password": _PASSWORD},
    "POST /auth/refresh": {"refreshToken": "rt_…"},
    "POST /auth/revoke": {"refreshToken": "rt_…"},
    "PATCH /business": {"name": "Café Alma"},
    "POST /purchases": _PURCHASE,
    "POST /purchases/bulk": {"purchases": [_PURCHASE]},
    "POST /purchases/{purchase_id}/move": {"memberId": ID, "reason": "Rung up for the wrong member"},
    "POST /purchases/{purchase_id}/refunds": _REFUND,
    "POST /purchases/{purchase_id}/refunds/preview": _REFUND,
    "POST /locations": {"name": "High Street"},
    "PATCH /locations/{location_id}": {"name": "Old Town"},
    "POST /members/exports": {"status": "active"},
    "POST /purchases/exports": {"from": "2026-10-01T00:00:00Z", "to": "2026-11-01T00:00:00Z"},
    "POST /members": {"name": "Jo", "phone": "+380671112233"},
    "PATCH /members/{member_id}": {"name": "Jo Ann"},
    "POST /members/{member_id}/status": {"status": "suspended"},
    "POST /members/{member_id}/merge": {"into": ID},
    "POST /loyalty/programs": _PUNCH_CARD,
    "PUT /loyalty/programs/{program_id}": {"name": "Coffee card of ten"},
    "POST /loyalty/programs/validate": _PUNCH_CARD,
    "POST /loyalty/programs/{program_id}/validate": {"name": "Coffee card of ten"},
    "POST /loyalty/programs/preview": {**_PUNCH_CARD, **PREVIEW},
    "POST /loyalty/programs/{program_id}/enrollments": {"memberId": ID},
    "POST /loyalty/programs/{program_id}/duplicate": {"name": "Coffee card, the second"},
    "POST /loyalty/programs/bulk": {"action": "pause", "ids": [ID]},
    "POST /redemptions": {"memberId": ID, "rewardId": ID},
    "PATCH /redemptions/{redemption_id}": {"status": "approved"},
    "POST /rewards": _REWARD,
    "PUT /rewards/{reward_id}": _REWARD,
    "POST /staff": {"name": "Ben", "email": "ben@example.com", "role": "staff", "password": _PASSWORD},
    "PATCH /staff/{staff_id}": {"role": "manager"},
    "POST /vouchers/{code}/redeem": {"locationId": None},
    "POST /webhook-endpoints": {
        "url": "https://example.com/hooks",
        "description": "Web shop",
        "eventTypes": ["loyalty.purchase.processed", "loyalty.voucher.issued"],
    },
    "PATCH /webhook-endpoints/{endpoint_id}": {"state": "enabled"},
    "POST /webhook-endpoints/{endpoint_id}/replay": {"from": "2026-11-01T00:00:00Z", "to": "2026-11-02T00:00:00Z"},
}
"""By method and path below /api/v1."""

FILES = {
    "members.csv": "Name,Phone,External id,Points\nCleo Ray,+380671112233,0042,120\n",
    "sales.csv": "Order id,Sold at,External id,Amount,Item\nA-1,2026-10-02T09:15,0042,42.50,Latte\n",
    "result.csv": "Name,Phone,External id,Points\nCleo Ray,'+380671112233,0042,120\n",
}
"""What is in the files that calls take and answer."""
