"""Who and what the samples speak of: Café Alma, Cleo's card, a few events."""

from datetime import UTC, datetime
from typing import Any

NOW = datetime(2026, 11, 20, 9, 12, tzinfo=UTC)
COMMON: dict[str, Any] = {
    "business": {
        "name": "Café Alma",
        "slug": "cafe-alma",
        "initials": "CA",
        "icon": "cup",
        "brand_colour": "#7f3b1c",
        "currency_symbol": "₴",
        "locations_total": 3,
    },
    "user": {"name": "Alma Reyes", "initials": "AR", "role_words": "Owner of Café Alma", "is_owner": True},
    "attention_total": 2,
    "currency": "UAH",
    "location": {"name": "Podil"},
    "is_owner": True,
    "errors": {},
    "values": {},
}
PUNCHES = {
    "program_name": "Coffee Punch Card",
    "headline": "2 more coffees",
    "sentence": "and the next one is free.",
    "picture": "stamps",
    "filled": 7,
    "total": 9,
    "unit": "coffees",
    "icon": "cup",
    "progress_words": "7 of 9",
}
POINTS = {
    "program_name": "Alma Points",
    "headline": "180 more points",
    "sentence": "180 more to a 250 g bag of beans.",
    "picture": "bar",
    "filled": 420,
    "total": 600,
    "unit": "points",
    "icon": "star",
    "progress_words": "420 points",
    "balance": {"value": "420", "unit": "points"},
    "tier": "Gold",
    "note": "180 more to a 250 g bag of beans. 40 run out on 30 November.",
}
WEEKS = {
    "program_name": "Lunch Regulars",
    "headline": "4 weeks in a row",
    "icon": "flame",
    "picture": "ring",
    "filled": 4,
    "total": 6,
    "unit": "weeks",
    "sentence": "2 more weeks earn 100 points.",
    "progress_words": "4 of 6",
}
CARD = {
    "program_name": "Coffee Punch Card",
    "headline": "2 more coffees",
    "member_name": "Cleo Marsh",
    "member_number": "Member 4418",
    "standing": PUNCHES,
    "foot": "Gold",
    "foot_note": "Alma Club",
}


def event(name: str, words: str, amount: str | None = None) -> dict[str, Any]:
    """Return something that just happened to a member."""
    initials = "".join(word[0] for word in name.split())
    return {"member_id": 1, "name": name, "initials": initials, "words": words, "amount": amount, "at": NOW}


def kpi(label: str, value: str, note: str, series: list[int], **more: Any) -> dict[str, Any]:
    """Return one key number."""
    return {"label": label, "value": value, "note": note, "series": series, **more}


EVENTS = [
    event("Cleo Marsh", "Flat white and croissant at Podil", "+20 points"),
    event("Dmytro Bilyk", "Coffee Punch Card is full: one Americano is free", "+1 reward"),
    event("Iryna Koval", "Beans Guji, 500 g at Reitarska", "+60 points"),
    event("Taras Lysenko", "Joined Alma Points"),
]
