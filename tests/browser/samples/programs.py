"""Café Alma's programs, as a list and one by one."""

from typing import Any

from app.web.business.programs.search import ProgramSearch
from tests.browser.samples.cast import CARD, EVENTS, NOW, kpi

PROGRAM_ROWS = [
    {
        "id": key,
        "name": name,
        "sentence": sentence,
        "type_words": kind,
        "locations_words": "3 locations",
        "status": status,
        "status_note": note,
        "members_unit": "members",
        "members": members,
        "active": members,
        "redeemed": None,
        "action": action,
        "edit_url": "#",
        "may_copy": True,
    }
    for key, name, sentence, kind, status, note, members, action in [
        (1, "Coffee Punch Card", "Buy 9 coffees, get 1 free", "Punch card", "active", "No end date", 286, "pause"),
        (2, "Alma Points", "1 point for every ₴10 spent", "Points", "active", "No end date", 1198, "pause"),
        (
            3,
            "Winter Cocoa Card",
            "6 cocoas, the 7th is on us",
            "Stamp card",
            "scheduled",
            "Starts 1 Dec, 09:00",
            None,
            None,
        ),
        (4, "Lunch Regulars", "5 lunches in 30 days, then ₴100 off", "Visits", "paused", "Since 2 Nov", 64, "resume"),
        (5, "Student Mornings", "Double points before 09:00", "Points", "draft", "Not visible yet", None, "activate"),
        (6, "Summer Iced", "8 iced coffees, 1 free", "Punch card", "ended", "Ended 30 Sep", 140, None),
    ]
]
PROGRAMS: dict[str, Any] = {
    "tabs": [
        {"label": label, "total": total, "href": "#", "is_current": label == "All"}
        for label, total in [("All", 6), ("Active", 2), ("Scheduled", 1), ("Paused", 1), ("Draft", 1), ("Ended", 1)]
    ],
    "search": ProgramSearch(),
    "chips": [{"label": "Type", "words": "Punch card", "href": "#"}],
    "statuses": [("active", "Active"), ("paused", "Paused")],
    "locations": [("", "All locations"), ("1", "Podil")],
    "orders": [("-createdAt", "Newest first")],
    "columns": [
        {"label": label, "classes": classes, "href": "#", "direction": "ascending" if label == "Name" else None}
        for label, classes in [
            ("Name", ""),
            ("Type", "hide-s"),
            ("Status", ""),
            ("Members", "num"),
            ("Active 90 d", "num hide-s"),
            ("Redeemed", "num hide-s hide-m"),
        ]
    ],
    "all_words": "All 9 that match",
    "may_edit": True,
    "bulk_fields": [],
    "back": "",
    "rule_types": [("", "All types"), ("POINTS_BASED", "Points"), ("PUNCH_CARD", "Punch card")],
    "rows": PROGRAM_ROWS,
    "total_words": "6 programs",
    "is_filtered": False,
    "older_url": "#",
}
PROGRAM: dict[str, Any] = {
    "program": {
        "id": 1,
        "name": "Coffee Punch Card",
        "status": "active",
        "type_words": "Punch card",
        "status_words": "Live since 12 March 2025, no end date, all 3 locations.",
        "sentence": "Buy 9 coffees of ₴60 or more, get any coffee free. New members start with 2 punches.",
        "primary": None,
        "edit_url": "#",
        "actions": ["pause", "duplicate", "end", "delete"],
    },
    "kpis": [
        kpi("Enrolled", "286", "this month", [], delta={"direction": "up", "words": "23"}),
        kpi("Active participants", "174", "came in the last 30 days", []),
        kpi("Rewards earned", "153", "free coffees", []),
        kpi("Redemption rate", "61", "of 153 earned", [], unit="%"),
        kpi("Cost to you", "₴2,604", "3.4 % of their sales", []),
    ],
    "card": CARD,
    "chart": {
        "title": "31 people are 1 punch away",
        "note": "Active members by punches on their card",
        "label": "Members by punches",
        "rows": [{"label": str(n), "total": total} for n, total in enumerate([28, 24, 19, 22, 17, 20, 13, 31], 1)],
    },
    "participation": [
        {"words": "Redeemed at least once", "total": 71},
        {"words": "Earned, never redeemed", "total": 42},
        {"words": "Joined only", "total": 173},
    ],
    "activity": EVENTS[:3],
    "versions": [
        {
            "number": 2,
            "words": "Punches required 10 → 9",
            "by": "Alma Reyes",
            "at": NOW,
            "earned_words": "412 punches earned under it.",
            "is_current": True,
        },
        {"number": 1, "words": "Created", "by": "Alma Reyes", "at": NOW, "earned_words": None, "is_current": False},
    ],
    "errors": {},
    "typed": {},
    "redeem_day": "2027-03-31",
    "locations": [("1", "Podil")],
    "here": [],
    "unfinished_words": "142 customers have unfinished cards.",
}
