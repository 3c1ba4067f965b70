"""Café Alma's members, Cleo's own page, and purchases that wait for a person."""

from typing import Any

from tests.browser.samples.cast import NOW, POINTS, PUNCHES, WEEKS

MEMBER_ROWS: list[dict[str, Any]] = [
    {
        "id": key,
        "name": name,
        "initials": initials,
        "number": f"Member {4400 + key}",
        "status": "active",
        "tags": [],
        "phone_masked": phone,
        "tier": tier,
        "balance_words": balance,
        "progress_words": progress,
        "last_visit_at": visited,
        "lifetime_minor": spent,
    }
    for key, name, initials, phone, tier, balance, progress, visited, spent in [
        (1, "Cleo Marsh", "CM", "+380 67 ••• •• 18", "Gold", "420 points", "7 of 9", NOW, 1523100),
        (2, "Dmytro Bilyk", "DB", "+380 50 ••• •• 03", "Gold", "1,310 points", "Full card", NOW, 1198500),
        (3, "Member 4403", "M4", None, None, None, None, None, 0),
        (
            4,
            "Oleksandra Kostiantynivna Verbytska-Lysenko",
            "OV",
            "+380 97 ••• •• 40",
            "Silver",
            "90 points",
            "3 of 9",
            NOW,
            112050,
        ),
    ]
]
MEMBERS: dict[str, Any] = {
    "said": {},
    "chips": [],
    "fields": None,
    "rows": MEMBER_ROWS,
    "total": 412,
    "total_words": "412 members",
    "may_export": True,
    "may_import": True,
    "is_filtered": False,
    "older_url": "#",
    "newer_url": "#",
}
RECEIPT = {
    "rows": [{"words": "Flat white, oat milk", "amount": "₴95"}, {"words": "Croissant", "amount": "₴70"}],
    "total": "₴165",
}
WHY = "₴165 at 1 point for every ₴10 is 16.5. Gold earns 1.25×, so 20.6, rounded down."
DAYS = [
    {
        "label": "Today",
        "lines": [
            {
                "icon": "cup",
                "tone": "in",
                "title": "Flat white and croissant",
                "meta": "09:12 at Podil, Ben. Points v4.",
                "amount": "+20 points",
                "amount_notes": ["+1 punch, 7 of 9", "balance 420"],
                "receipt": RECEIPT,
                "why": WHY,
                "why_title": "Why 20 points?",
            }
        ],
    },
    {
        "label": "Tuesday 17 November",
        "lines": [
            {
                "icon": "gift",
                "tone": "out",
                "title": "Redeemed a cinnamon roll",
                "meta": "08:47 at Reitarska. ROLL-4N8P",
                "amount": "−120 points",
                "amount_notes": ["balance 400"],
            },
            {"icon": "star", "tone": "system", "title": "Moved up to Gold", "meta": "11:02, ₴15,000 spent this year."},
            {
                "icon": "bag",
                "tone": "in",
                "title": "Beans Guji, 500 g",
                "meta": "11:20 at Podil",
                "amount": "+60 points",
                "amount_notes": ["balance 520"],
                "why": "₴480 at 1 point for every ₴10 is 48. Gold earns 1.25×.",
            },
        ],
    },
]
MEMBER: dict[str, Any] = {
    "member": {
        "id": 1,
        "name": "Cleo Marsh",
        "initials": "CM",
        "number": "4418",
        "joined_at": NOW,
        "status": "active",
        "card_url": "#",
    },
    "standings": [POINTS, PUNCHES, WEEKS],
    "vouchers": [
        {
            "total": 2,
            "words": "An Americano on the house",
            "program_name": "Coffee Punch Card",
            "note": "Until 20 February",
        }
    ],
    "facts": [
        {"term": "Phone", "words": "+380 67 ••• •• 18"},
        {"term": "E-mail", "words": "c•••@example.com"},
        {"term": "Birthday", "words": "8 March"},
        {"term": "Note", "words": "Oat milk, no sugar"},
    ],
    "shelf": [],
    "can_show": True,
    "consents": [("Offers by e-mail", True)],
    "desk": {"note": "Oat milk", "tags": [{"id": 1, "name": "Regular"}], "own": [], "merge": None},
    "alike": [],
    "may": {"adjust": True, "edit": True, "merge": True, "erase": True},
    "filters": [
        {"label": label, "href": "#", "is_current": label == "Everything"}
        for label in ("Everything", "Earned", "Redeemed", "Tier", "Manual", "Messages", "System")
    ],
    "days": DAYS,
    "older_url": "/members/1?before=9",
}
ATTENTION: dict[str, Any] = {
    "rows": [
        {
            "id": key,
            "member_id": member_id,
            "member_name": name,
            "source": "csv",
            "reference": f"ORD-99{key}",
            "amount_minor": 3870,
            "currency": "UAH",
            "occurred_at": NOW,
            "attempts": 5,
            "reason": reason,
            "retry_url": "/retry",
        }
        for key, member_id, name, reason in [
            (1, 1, "Cleo Marsh", "The rule of Coffee Punch Card could not be read."),
            (2, None, "Unknown member", "The purchase names a location that is gone."),
        ]
    ],
    "total_words": "2 purchases need you",
    "checked_at": NOW,
}
