"""What the pages of Café Alma could hold on a Friday: one sample for each template and each of its faces."""

from datetime import UTC, datetime
from typing import Any

NOW = datetime(2026, 11, 20, 9, 12, tzinfo=UTC)
COMMON: dict[str, Any] = {
    "business": {
        "name": "Café Alma", "slug": "cafe-alma", "initials": "CA", "icon": "cup", "brand_colour": "#7f3b1c",
        "currency_symbol": "₴", "locations_total": 3,
    },
    "user": {"name": "Alma Reyes", "initials": "AR", "role_words": "Owner of Café Alma"},
    "attention_total": 2,
    "currency": "UAH",
    "location": {"name": "Podil"},
    "is_owner": True,
    "errors": {},
    "values": {},
}  # fmt: skip
PUNCHES = {
    "program_name": "Coffee Punch Card", "headline": "2 more coffees", "sentence": "and the next one is free.",
    "picture": "stamps", "filled": 7, "total": 9, "unit": "coffees", "icon": "cup", "progress_words": "7 of 9",
}  # fmt: skip
POINTS = {
    "program_name": "Alma Points", "headline": "180 more points", "sentence": "180 more to a 250 g bag of beans.",
    "picture": "bar", "filled": 420, "total": 600, "unit": "points", "icon": "star", "progress_words": "420 points",
    "balance": {"value": "420", "unit": "points"}, "tier": "Gold",
    "note": "180 more to a 250 g bag of beans. 40 run out on 30 November.",
}  # fmt: skip
WEEKS = {
    "program_name": "Lunch Regulars", "headline": "4 weeks in a row", "icon": "flame", "picture": "ring", "filled": 4,
    "total": 6, "unit": "weeks", "sentence": "2 more weeks earn 100 points.", "progress_words": "4 of 6",
}  # fmt: skip
STANDINGS = [PUNCHES, POINTS, WEEKS]
CARD = {
    "program_name": "Coffee Punch Card", "headline": "2 more coffees", "member_name": "Cleo Marsh",
    "member_number": "Member 4418", "standing": PUNCHES, "foot": "Gold", "foot_note": "Alma Club",
}  # fmt: skip


def person(key: int, name: str, standing: str, visited: str) -> dict[str, Any]:
    """Return one customer as the till lists them."""
    initials = "".join(word[0] for word in name.split())
    return {"id": key, "name": name, "initials": initials, "phone_masked": f"067 ••• {key:02}",
            "standing_words": standing, "last_visit_words": visited}  # fmt: skip


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
HOME = {
    "greeting": "Good morning, Alma",
    "today_words": "Friday 20 November. Podil and Reitarska are open, Obolon opens at 10:00.",
    "tickets": [
        {"icon": "gift", "title": "14 rewards run out this week", "words": "Their owners are told three days before.",
         "href": "#", "link_words": "See who"},
        {"icon": "alert", "title": "2 purchases need you", "words": "They could not be counted.", "href": "#",
         "link_words": "Look at them"},
        {"icon": "cake", "title": "Dmytro turns 30 today", "words": "His 50 birthday points arrived at 08:00.",
         "href": "#", "link_words": "See his card"},
    ],
    "kpis": [
        kpi("Visits this week", "318", "on last week", [236, 251, 244, 268, 259, 283, 318], href="#",
            delta={"direction": "up", "words": "12 %"}),
        kpi("Members active in 30 days", "412", "more than in October", [380, 384, 384, 391, 402, 412], href="#",
            delta={"direction": "up", "words": "18"}),
        kpi("Redemption rate", "61", "on October", [52, 58, 55, 61, 57, 61], unit="%",
            delta={"direction": "down", "words": "3 points"}),
        kpi("Points outstanding", "48,210", "You owe ₴9,642 in rewards", [30, 32, 36, 38, 38, 44, 42, 48]),
        kpi("Active programs", "3", "1 more starts on 1 December", [2, 2, 2, 3, 3], href="#"),
        kpi("Rewards ready", "27", "14 of them run out this week", [9, 4, 14, 12, 20, 27]),
    ],
    "weeks": [{"label": label, "total": total} for label, total in
              [("5 Oct", 236), ("12 Oct", 251), ("19 Oct", 244), ("26 Oct", 268), ("2 Nov", 259), ("9 Nov", 283),
               ("16 Nov", 318)]],
    "weeks_title": "318 visits this week, the most so far",
    "top_members": [
        {"id": 1, "name": name, "initials": initials, "tier": tier, "visits": visits, "spent_minor": spent}
        for name, initials, tier, visits, spent in [
            ("Cleo Marsh", "CM", "Gold", 14, 231000), ("Dmytro Bilyk", "DB", "Gold", 13, 198500),
            ("Iryna Koval", "IK", "Silver", 11, 164000), ("Nadia Shevchuk", "NS", None, 9, 112050)]
    ],
    "programs": [
        {"id": 1, "name": "Coffee Punch Card", "sentence": "Buy 9 coffees, get 1 free.", "status": "active",
         "members": 286},
        {"id": 2, "name": "Alma Points", "sentence": "1 point for every ₴10 spent.", "status": "active",
         "members": 1198},
    ],
    "latest": EVENTS,
    "is_new": False,
}  # fmt: skip
PROGRAM_ROWS = [
    {"id": key, "name": name, "sentence": sentence, "type_words": kind, "locations_words": "3 locations",
     "status": status, "status_note": note, "members": members, "active_30d": members, "redeemed": None,
     "action": action}
    for key, name, sentence, kind, status, note, members, action in [
        (1, "Coffee Punch Card", "Buy 9 coffees, get 1 free", "Punch card", "active", "No end date", 286, "pause"),
        (2, "Alma Points", "1 point for every ₴10 spent", "Points", "active", "No end date", 1198, "pause"),
        (3, "Winter Cocoa Card", "6 cocoas, the 7th is on us", "Stamp card", "scheduled", "Starts 1 Dec, 09:00", None,
         None),
        (4, "Lunch Regulars", "5 lunches in 30 days, then ₴100 off", "Visits", "paused", "Since 2 Nov", 64, "resume"),
        (5, "Student Mornings", "Double points before 09:00", "Points", "draft", "Not visible yet", None, "activate"),
        (6, "Summer Iced", "8 iced coffees, 1 free", "Punch card", "ended", "Ended 30 Sep", 140, None)]
]  # fmt: skip
PROGRAMS = {
    "tabs": [{"label": label, "total": total, "href": "#", "is_current": label == "All"} for label, total in
             [("All", 6), ("Active", 2), ("Scheduled", 1), ("Paused", 1), ("Draft", 1), ("Ended", 1)]],
    "search": {"q": "", "status": None, "rule_type": None},
    "rule_types": [("", "All types"), ("POINTS_BASED", "Points"), ("PUNCH_CARD", "Punch card")],
    "rows": PROGRAM_ROWS, "total_words": "6 programs", "is_filtered": False, "older_url": "#",
}  # fmt: skip
PROGRAM = {
    "program": {"id": 1, "name": "Coffee Punch Card", "status": "active", "type_words": "Punch card",
                "status_words": "Live since 12 March 2025, no end date, all 3 locations.",
                "sentence": "Buy 9 coffees of ₴60 or more, get any coffee free. New members start with 2 punches.",
                "actions": ["pause", "end"]},
    "kpis": [
        kpi("Enrolled", "286", "this month", [], delta={"direction": "up", "words": "23"}),
        kpi("Active participants", "174", "came in the last 30 days", []),
        kpi("Rewards earned", "153", "free coffees", []),
        kpi("Redemption rate", "61", "of 153 earned", [], unit="%"),
        kpi("Cost to you", "₴2,604", "3.4 % of their sales", []),
    ],
    "card": CARD,
    "chart": {"title": "31 people are 1 punch away", "note": "Active members by punches on their card",
              "label": "Members by punches", "rows": [{"label": str(n), "total": total} for n, total in
                                                      enumerate([28, 24, 19, 22, 17, 20, 13, 31], 1)]},
    "participation": [{"words": "Redeemed at least once", "total": 71}, {"words": "Earned, never redeemed", "total": 42},
                      {"words": "Joined only", "total": 173}],
    "activity": EVENTS[:3],
    "versions": [
        {"number": 2, "words": "Punches required 10 → 9", "by": "Alma Reyes", "at": NOW,
         "earned_words": "412 punches earned under it.", "is_current": True},
        {"number": 1, "words": "Created", "by": "Alma Reyes", "at": NOW, "earned_words": None, "is_current": False},
    ],
    "end_errors": {}, "unfinished_words": "142 customers have unfinished cards.",
}  # fmt: skip
MEMBER_ROWS = [
    {"id": key, "name": name, "initials": initials, "number": f"Member {4400 + key}", "phone_masked": phone,
     "tier": tier, "balance_words": balance, "progress_words": progress, "last_visit_at": visited,
     "lifetime_minor": spent}
    for key, name, initials, phone, tier, balance, progress, visited, spent in [
        (1, "Cleo Marsh", "CM", "+380 67 ••• •• 18", "Gold", "420 points", "7 of 9", NOW, 1523100),
        (2, "Dmytro Bilyk", "DB", "+380 50 ••• •• 03", "Gold", "1,310 points", "Full card", NOW, 1198500),
        (3, "Member 4403", "M4", None, None, None, None, None, 0),
        (4, "Oleksandra Kostiantynivna Verbytska-Lysenko", "OV", "+380 97 ••• •• 40", "Silver", "90 points", "3 of 9",
         NOW, 112050)]
]  # fmt: skip
MEMBERS = {"search": {"q": ""}, "rows": MEMBER_ROWS, "total_words": "412 members", "is_filtered": False,
           "older_url": "#", "newer_url": "#"}  # fmt: skip
RECEIPT = {"rows": [{"words": "Flat white, oat milk", "amount": "₴95"}, {"words": "Croissant", "amount": "₴70"}],
           "total": "₴165"}  # fmt: skip
WHY = "₴165 at 1 point for every ₴10 is 16.5. Gold earns 1.25×, so 20.6, rounded down."
DAYS = [
    {"label": "Today", "lines": [
        {"icon": "cup", "tone": "in", "title": "Flat white and croissant", "meta": "09:12 at Podil, Ben. Points v4.",
         "amount": "+20 points", "amount_notes": ["+1 punch, 7 of 9", "balance 420"], "receipt": RECEIPT, "why": WHY,
         "why_title": "Why 20 points?"}]},
    {"label": "Tuesday 17 November", "lines": [
        {"icon": "gift", "tone": "out", "title": "Redeemed a cinnamon roll", "meta": "08:47 at Reitarska. ROLL-4N8P",
         "amount": "−120 points", "amount_notes": ["balance 400"]},
        {"icon": "star", "tone": "system", "title": "Moved up to Gold", "meta": "11:02, ₴15,000 spent this year."},
        {"icon": "bag", "tone": "in", "title": "Beans Guji, 500 g", "meta": "11:20 at Podil", "amount": "+60 points",
         "amount_notes": ["balance 520"], "why": "₴480 at 1 point for every ₴10 is 48. Gold earns 1.25×."}]},
]  # fmt: skip
MEMBER = {
    "member": {"id": 1, "name": "Cleo Marsh", "initials": "CM", "number": "4418", "joined_at": NOW, "status": "active",
               "card_url": "#"},
    "standings": [POINTS, PUNCHES, WEEKS],
    "vouchers": [{"code": "FREE-7KQ2", "words": "An Americano on the house", "program_name": "Coffee Punch Card",
                  "note": "Until 20 February"}],
    "facts": [{"term": "Phone", "words": "+380 67 ••• •• 18"}, {"term": "E-mail", "words": "c•••@example.com"},
              {"term": "Birthday", "words": "8 March"}, {"term": "Note", "words": "Oat milk, no sugar"}],
    "filters": [{"label": label, "href": "#", "is_current": label == "Everything"} for label in
                ("Everything", "Earned", "Redeemed", "System")],
    "days": DAYS, "older_url": "#",
}  # fmt: skip
ATTENTION = {
    "rows": [{"id": key, "member_id": member_id, "member_name": name, "source": "csv", "reference": f"ORD-99{key}",
              "amount_minor": 3870, "currency": "UAH", "occurred_at": NOW, "attempts": 5, "reason": reason,
              "retry_url": "/retry"}
             for key, member_id, name, reason in [
                 (1, 1, "Cleo Marsh", "The rule of Coffee Punch Card could not be read."),
                 (2, None, "Unknown member", "The purchase names a location that is gone.")]],
    "total_words": "2 purchases need you", "checked_at": NOW,
}  # fmt: skip
PORTAL = {
    "member": {"name": "Cleo Marsh", "standing_words": "Gold member"}, "balance": {"value": "420", "unit": "points"},
    "code": {"text": "QX7 M2K", "qr_text": "HTTPS://REGULARS.EXAMPLE/C/QX7M2K"}, "standings": [PUNCHES, WEEKS],
    "ready": [{"icon": "cup", "words": "An Americano on the house", "note": "Until 20 February", "code": "FREE-7KQ2"}],
    "tracker": {"value": 420, "spoken": "You have 420 points. Filter coffee at 120, breakfast at 300, beans at 600.",
                "goals": [{"at": 120, "words": "Filter coffee"}, {"at": 300, "words": "Breakfast"},
                          {"at": 600, "words": "Bag of beans"}]},
    "tracker_words": "180 points to a 250 g bag of beans.",
    "expiring_words": "40 points run out on 30 November. Enough for a cookie.",
    "history": [
        {"title": "Flat white and croissant", "meta": "Today 09:12, Podil. ₴165, and Gold earns 1.25×.",
         "amount": "+20", "note": "+1 coffee"},
        {"title": "Cinnamon roll", "meta": "Tuesday, Reitarska", "amount": "−120", "note": "redeemed"}],
}  # fmt: skip
FIND = {
    "q": "067", "matches": [person(18, "Cleo Marsh", "6 of 9", "Tuesday"), person(77, "Nadia Shevchuk", "3 of 9", "Monday")],
    "matches_words": "2 people with 067",
    "recent": [person(3, "Dmytro Bilyk", "Full card", "Birthday today"), person(40, "Taras Lysenko", "8 of 9", "Monday")],
}  # fmt: skip
PURCHASE = {
    "member": {"id": 1, "name": "Cleo Marsh", "first_name": "Cleo", "initials": "CM", "tier": "Gold",
               "last_visit_words": "Last visit Tuesday, 420 points"},
    "standings": STANDINGS,
    "notes": [{"icon": "clock", "words": "40 points run out on 30 November", "is_warning": True},
              {"icon": "cup", "words": "Oat milk, no sugar"}],
    "currency_symbol": "₴", "decimal_sign": ".", "categories": [("latte", "Latte"), ("americano", "Americano")],
    "locations": [(1, "Podil"), (2, "Reitarska")], "purchase_key": "0190-key",
}  # fmt: skip
RESULT = {
    "result": {"purchase_id": 1, "done_words": "Recorded", "headline": "Cleo: 7 of 9",
               "sentence": "Two more to a free coffee.", "receipt": {"rows": [
                   {"words": "Alma Points", "amount": "+20 points"}, {"words": "Coffee Punch Card", "amount": "+1"}]},
               "why": WHY, "why_title": "Why 20 points?"},
    "card": {**CARD, "standing": {**PUNCHES, "fresh": 1}},
}  # fmt: skip
INDUSTRIES = [
    {"key": words.casefold(), "words": words, "icon": icon} for words, icon in
    [("Coffee", "cup"), ("Bakery", "bread"), ("Restaurant", "fork"), ("Bar", "glass"), ("Salon", "scissors"),
     ("Fitness", "dumbbell"), ("Retail", "bag"), ("Grocery", "basket"), ("Car wash", "car"), ("Pets", "paw"),
     ("Dispensary", "leaf"), ("Other", "star")]
]  # fmt: skip
SIGNUP = {
    "values": {"industry": "coffee", "timezone": "Europe/Kyiv", "currency": "UAH"}, "guess_timezone": True,
    "timezones": [("Europe/Kyiv", "Kyiv"), ("Europe/Vienna", "Vienna"), ("UTC", "UTC")],
    "currencies": [("UAH", "₴ hryvnia"), ("EUR", "€ euro")], "industries": INDUSTRIES,
}  # fmt: skip
REFUSED = {"email": "Enter an e-mail address, like name@example.com", "password": "Use at least 8 characters. Longer is safer."}
PAGES: dict[str, tuple[str, dict[str, Any]]] = {
    "login": ("auth/login.html", {"values": {}, "errors": {}}),
    "login-refused": ("auth/login.html", {"values": {"email": "alma"}, "errors": {"": "That e-mail and password do not go together."}}),
    "signup": ("auth/signup.html", SIGNUP),
    "signup-refused": ("auth/signup.html", {**SIGNUP, "errors": REFUSED}),
    "home": ("business/dashboard/home.html", HOME),
    "home-new": ("business/dashboard/home.html", {**HOME, "is_new": True, "tickets": [], "create_program_url": "#"}),
    "programs": ("business/programs/index.html", PROGRAMS),
    "programs-none": ("business/programs/index.html", {**PROGRAMS, "rows": [], "total_words": "No programs yet", "create_program_url": "#"}),
    "program": ("business/programs/show.html", PROGRAM),
    "program-refused": ("business/programs/show.html", {**PROGRAM, "end_errors": {"confirm_name": "Type the name of the program: Coffee Punch Card"}}),
    "members": ("business/members/index.html", MEMBERS),
    "members-no-match": ("business/members/index.html", {**MEMBERS, "rows": [], "is_filtered": True, "total_words": "No members match"}),
    "member-new": ("business/members/new.html", {"phone_example": "067 123 45 67", "errors": {"phone": "Enter a phone number in the correct format"}}),
    "member": ("business/members/show.html", MEMBER),
    "attention": ("business/attention/index.html", ATTENTION),
    "attention-none": ("business/attention/index.html", {**ATTENTION, "rows": [], "total_words": "Nothing needs you"}),
    "card": ("portal/card.html", PORTAL),
    "card-new": ("portal/card.html", {**PORTAL, "balance": None, "ready": [], "tracker": None, "expiring_words": None, "history": [], "standings": [], "paused_words": "Collecting is paused. Your 140 points are safe."}),
    "till-find": ("till/find.html", FIND),
    "till-nobody": ("till/find.html", {"q": "0679", "matches": [], "recent": FIND["recent"]}),
    "till-member": ("till/purchase.html", PURCHASE),
    "till-refused": ("till/purchase.html", {**PURCHASE, "member": None, "errors": {"amount": "Enter the amount, like 165 or 42.50", "member": "Enter a phone number in the correct format"}}),
    "till-result": ("till/result.html", RESULT),
    "till-counting": ("till/result.html", {"result": {"purchase_id": 1, "is_pending": True}}),
    "till-failed": ("till/result.html", {"result": {"purchase_id": 1, "is_failed": True, "done_words": "Saved", "headline": "Not counted yet", "sentence": "The purchase is saved. The owner sees it under “Needs you”."}}),
    **{f"error-{code}": (f"errors/{code}.html", {"request_id": "req_01JD4V"}) for code in (403, 404, 429, 500, 503)},
}  # fmt: skip
