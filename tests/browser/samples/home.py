"""Café Alma's Home on a Friday morning."""

from typing import Any

from tests.browser.samples.cast import EVENTS, kpi

HOME: dict[str, Any] = {
    "greeting": "Good morning, Alma",
    "today_words": "Friday 20 November. Podil and Reitarska are open, Obolon opens at 10:00.",
    "tickets": [
        {
            "icon": "gift",
            "title": "14 rewards run out this week",
            "words": "Their owners are told three days before.",
            "href": "#",
            "link_words": "See who",
        },
        {
            "icon": "alert",
            "title": "2 purchases need you",
            "words": "They could not be counted.",
            "href": "#",
            "link_words": "Look at them",
        },
        {
            "icon": "cake",
            "title": "Dmytro turns 30 today",
            "words": "His 50 birthday points arrived at 08:00.",
            "href": "#",
            "link_words": "See his card",
        },
    ],
    "kpis": [
        kpi(
            "Visits this week",
            "318",
            "on last week",
            [236, 251, 244, 268, 259, 283, 318],
            href="#",
            delta={"direction": "up", "words": "12 %"},
        ),
        kpi(
            "Members active in 30 days",
            "412",
            "more than in October",
            [380, 384, 384, 391, 402, 412],
            href="#",
            delta={"direction": "up", "words": "18"},
        ),
        kpi(
            "Redemption rate",
            "61",
            "on October",
            [52, 58, 55, 61, 57, 61],
            unit="%",
            delta={"direction": "down", "words": "3 points"},
        ),
        kpi("Points outstanding", "48,210", "You owe ₴9,642 in rewards", [30, 32, 36, 38, 38, 44, 42, 48]),
        kpi("Active programs", "3", "1 more starts on 1 December", [2, 2, 2, 3, 3], href="#"),
        kpi("Rewards ready", "27", "14 of them run out this week", [9, 4, 14, 12, 20, 27]),
    ],
    "weeks": [
        {"label": label, "total": total}
        for label, total in [
            ("5 Oct", 236),
            ("12 Oct", 251),
            ("19 Oct", 244),
            ("26 Oct", 268),
            ("2 Nov", 259),
            ("9 Nov", 283),
            ("16 Nov", 318),
        ]
    ],
    "weeks_title": "318 visits this week, the most so far",
    "top_members": [
        {"id": 1, "name": name, "initials": initials, "tier": tier, "visits": visits, "spent_minor": spent}
        for name, initials, tier, visits, spent in [
            ("Cleo Marsh", "CM", "Gold", 14, 231000),
            ("Dmytro Bilyk", "DB", "Gold", 13, 198500),
            ("Iryna Koval", "IK", "Silver", 11, 164000),
            ("Nadia Shevchuk", "NS", None, 9, 112050),
        ]
    ],
    "programs": [
        {
            "id": 1,
            "name": "Coffee Punch Card",
            "sentence": "Buy 9 coffees, get 1 free.",
            "status": "active",
            "members": 286,
        },
        {
            "id": 2,
            "name": "Alma Points",
            "sentence": "1 point for every ₴10 spent.",
            "status": "active",
            "members": 1198,
        },
    ],
    "latest": EVENTS,
    "is_new": False,
}
