"""What Ben sees at the till, and Cleo on her phone."""

from typing import Any

from tests.browser.samples.cast import CARD, POINTS, PUNCHES, WEEKS


def person(key: int, name: str, standing: str, visited: str) -> dict[str, Any]:
    """Return one customer as the till lists them."""
    initials = "".join(word[0] for word in name.split())
    return {
        "id": key,
        "name": name,
        "initials": initials,
        "phone_masked": f"067 ••• {key:02}",
        "standing_words": standing,
        "last_visit_words": visited,
    }


STILL_COUNTING = "1"
WHY = "₴165 at 1 point for every ₴10 is 16.5. Gold earns 1.25×, so 20.6, rounded down."
PORTAL: dict[str, Any] = {
    "member": {"name": "Cleo Marsh", "standing_words": "Gold member"},
    "balance": {"value": "420", "unit": "points"},
    "code": {"text": "QX7 M2K", "qr_text": "HTTPS://REGULARS.EXAMPLE/C/QX7M2K"},
    "standings": [PUNCHES, WEEKS],
    "ready": [{"icon": "cup", "words": "An Americano on the house", "note": "Until 20 February", "total": 2}],
    "tracker": {
        "value": 420,
        "spoken": "You have 420 points. Filter coffee at 120, breakfast at 300, beans at 600.",
        "goals": [
            {"at": 120, "words": "Filter coffee"},
            {"at": 300, "words": "Breakfast"},
            {"at": 600, "words": "Bag of beans"},
        ],
    },
    "tracker_words": "180 points to a 250 g bag of beans.",
    "expiring_words": "40 points run out on 30 November. Enough for a cookie.",
    "history": [
        {
            "title": "Flat white and croissant",
            "meta": "Today 09:12, Podil. ₴165, and Gold earns 1.25×.",
            "amount": "+20",
            "note": "+1 coffee",
        },
        {"title": "Cinnamon roll", "meta": "Tuesday, Reitarska", "amount": "−120", "note": "redeemed"},
    ],
}
FIND: dict[str, Any] = {
    "q": "067",
    "matches": [person(18, "Cleo Marsh", "6 of 9", "Tuesday"), person(77, "Nadia Shevchuk", "3 of 9", "Monday")],
    "matches_words": "2 people with 067",
    "recent": [
        person(3, "Dmytro Bilyk", "Full card", "Birthday today"),
        person(40, "Taras Lysenko", "8 of 9", "Monday"),
    ],
}
PURCHASE: dict[str, Any] = {
    "member": {
        "id": 1,
        "name": "Cleo Marsh",
        "first_name": "Cleo",
        "initials": "CM",
        "tier": "Gold",
        "last_visit_words": "Last visit Tuesday, 420 points",
    },
    "standings": [PUNCHES, POINTS, WEEKS],
    "notes": [
        {"icon": "clock", "words": "40 points run out on 30 November", "is_warning": True},
        {"icon": "cup", "words": "Oat milk, no sugar"},
    ],
    "currency_symbol": "₴",
    "decimal_sign": ".",
    "categories": [("latte", "Latte"), ("americano", "Americano")],
    "locations": [(1, "Podil"), (2, "Reitarska")],
    "purchase_key": "0190-key",
    "punch": {"words": "One coffee on the Coffee Punch Card", "key": "0190-punch"},
}
RESULT: dict[str, Any] = {
    "result": {
        "purchase_id": 1,
        "done_words": "Recorded",
        "headline": "Cleo: 7 of 9",
        "sentence": "Two more to a free coffee.",
        "receipt": {
            "rows": [{"words": "Alma Points", "amount": "+20 points"}, {"words": "Coffee Punch Card", "amount": "+1"}]
        },
        "why": WHY,
        "why_title": "Why 20 points?",
    },
    "card": {**CARD, "standing": {**PUNCHES, "fresh": 1}},
}
