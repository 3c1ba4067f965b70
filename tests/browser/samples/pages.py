"""Every page by a name: its template and what it shows; a page with several faces stands here once for each."""

from typing import Any

from tests.browser.samples.counter import FIND, PORTAL, PURCHASE, RESULT, STILL_COUNTING
from tests.browser.samples.home import HOME
from tests.browser.samples.members import ATTENTION, MEMBER, MEMBERS
from tests.browser.samples.programs import PROGRAM, PROGRAMS
from tests.browser.samples.visitors import REFUSED, SIGNUP

NO_MEMBER = "Enter a phone number in the correct format"
NO_AMOUNT = "Enter the amount, like 165 or 42.50"
WRONG_NAME = "Type the name of the program: Coffee Punch Card"
BARE_CARD: dict[str, Any] = {
    **PORTAL,
    "balance": None,
    "ready": [],
    "tracker": None,
    "expiring_words": None,
    "history": [],
    "standings": [],
    "paused_words": "Collecting is paused. Your 140 points are safe.",
}
FAILED = {
    "purchase_id": 1,
    "is_failed": True,
    "done_words": "Saved",
    "headline": "Not counted yet",
    "sentence": "The purchase is saved. The owner sees it under “Needs you”.",
}
STRANGER = {"values": {"email": "alma"}, "errors": {"": "That e-mail and password do not go together."}}
NO_PROGRAMS = {"rows": [], "total_words": "No programs yet", "create_program_url": "#"}
NO_MATCH = {"rows": [], "is_filtered": True, "total_words": "No members match"}
PAGES: dict[str, tuple[str, dict[str, Any]]] = {
    "login": ("auth/login.html", {}),
    "login-refused": ("auth/login.html", STRANGER),
    "signup": ("auth/signup.html", SIGNUP),
    "signup-refused": ("auth/signup.html", {**SIGNUP, "errors": REFUSED}),
    "home": ("business/dashboard/home.html", HOME),
    "home-new": ("business/dashboard/home.html", {**HOME, "is_new": True, "tickets": []}),
    "programs": ("business/programs/index.html", PROGRAMS),
    "programs-none": ("business/programs/index.html", {**PROGRAMS, **NO_PROGRAMS}),
    "program": ("business/programs/show.html", PROGRAM),
    "program-refused": ("business/programs/show.html", {**PROGRAM, "end_errors": {"confirm_name": WRONG_NAME}}),
    "members": ("business/members/index.html", MEMBERS),
    "members-no-match": ("business/members/index.html", {**MEMBERS, **NO_MATCH}),
    "member-new": ("business/members/new.html", {"phone_example": "067 123 45 67", "errors": {"phone": NO_MEMBER}}),
    "member": ("business/members/show.html", MEMBER),
    "attention": ("business/attention/index.html", ATTENTION),
    "attention-none": ("business/attention/index.html", {**ATTENTION, "rows": [], "total_words": "Nothing needs you"}),
    "card": ("portal/card.html", PORTAL),
    "card-paused": ("portal/card.html", BARE_CARD),
    "till-find": ("till/find.html", FIND),
    "till-nobody": ("till/find.html", {"q": "0679", "matches": [], "recent": FIND["recent"]}),
    "till-member": ("till/purchase.html", PURCHASE),
    "till-refused": (
        "till/purchase.html",
        {**PURCHASE, "member": None, "errors": {"member": NO_MEMBER, "amount": NO_AMOUNT}},
    ),
    "till-result": ("till/result.html", RESULT),
    "till-counting": ("till/result.html", {"result": {"purchase_id": STILL_COUNTING, "is_pending": True}}),
    "till-counted-soon": ("till/result.html", {"result": {"purchase_id": "2", "is_pending": True}}),
    "till-failed": ("till/result.html", {"result": FAILED}),
    **{f"error-{code}": (f"errors/{code}.html", {"request_id": "req_01JD4V"}) for code in (403, 404, 429, 500, 503)},
}
