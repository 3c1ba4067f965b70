"""Another business's ids in the fields of forms and in the queries of pages are answered as what nobody has."""

from __future__ import annotations

import re
from typing import Any

import pytest

from app.core.ids import new_id
from tests.api.isolation.addresses import apart, nobodys, seen
from tests.api.isolation.people import Asker
from tests.api.isolation.places import Place, rows_of
from tests.architecture.samples import CANARY
from tests.support.databases import Database

pytestmark = pytest.mark.timeout(600)

ANY_ID = re.compile(rb"[0-9a-f]{8}-?[0-9a-f]{4}-?[0-9a-f]{4}-?[0-9a-f]{4}-?[0-9a-f]{12}")
SALE = {"kind": "sale", "amount": "10.00", "purchase_key": "0123456789abcdef0123456789abcdef"}
REWARD = {"name": "Cake", "reward_type": "free_product", "points_cost": "10", "scope": "any", "code_kind": "generated"}

# Method, path after the slug, what else is sent, the field in which the other's id stands, and whose id it is.
FORMS: list[tuple[str, str, dict[str, Any], str, str]] = [
    ("POST", "till/purchases", SALE, "member_id", "member_id"),
    ("POST", "till/purchases", {**SALE, "member_id": "<member_id>"}, "location_id", "location_id"),
    ("GET", "till/purchases", {}, "member_id", "member_id"),
    ("POST", "till/members/<member_id>/redeem", {}, "voucher_id", "voucher_id"),
    ("POST", "till/members/<member_id>/rewards", {}, "reward_id", "reward_id"),
    ("POST", "till/members/<member_id>/rewards", {"reward_id": "<reward_id>"}, "location_id", "location_id"),
    ("POST", "till/hand", {}, "location_id", "location_id"),
    ("GET", "till/", {}, "q", "member_id"),
    ("GET", "till/", {}, "q", "code"),
    ("GET", "till/lock", {}, "who", "staff_id"),
    ("POST", "members/bulk", {"do": "tag", "tag": "New"}, "ids", "member_id"),
    ("POST", "members/<member_id>/adjust", {"points": "5", "reason": "Sorry"}, "program_id", "points_id"),
    ("POST", "members/<member_id>/adjust/after", {"points": "5"}, "program_id", "points_id"),
    ("GET", "members/<member_id>/merge", {}, "other", "member_id"),
    ("POST", "members/<member_id>/merge", {"confirm": "1"}, "other", "member_id"),
    ("GET", "members", {}, "program", "program_id"),
    ("GET", "members", {}, "tag", "tag_id"),
    ("GET", "members", {}, "after", "member_id"),
    ("POST", "members/export", {}, "program", "program_id"),
    ("POST", "programs/bulk", {"action": "pause"}, "ids", "program_id"),
    ("POST", "programs/<program_id>/duplicate", {}, "location", "location_id"),
    ("GET", "programs", {}, "location", "location_id"),
    ("GET", "programs/programs.csv", {}, "location", "location_id"),
    ("GET", "programs/<program_id>/versions/compare", {}, "with", "program_id"),
    ("POST", "redemptions/bulk", {"do": "approve"}, "ids", "redemption_id"),
    ("GET", "redemptions/pick-list", {}, "ids", "redemption_id"),
    ("GET", "redemptions/all", {}, "member", "member_id"),
    ("GET", "redemptions/report", {}, "reward", "reward_id"),
    ("GET", "rewards/preview", {}, "reward_id", "reward_id"),
    ("POST", "rewards/new", REWARD, "location_ids", "location_id"),
    ("POST", "rewards/new", REWARD, "program_id", "points_id"),
    ("GET", "print", {}, "location", "location_id"),
    ("GET", "print/poster.pdf", {}, "location", "location_id"),
    ("GET", "tiers", {}, "program", "program_id"),
    ("GET", "settings/audit-log", {}, "who", "actor_id"),
    ("GET", "settings/audit-log/changes.csv", {}, "who", "actor_id"),
    ("POST", "tills/codes", {"name": "Bar"}, "location_id", "location_id"),
    ("POST", "settings/webhooks/<endpoint_id>/replay", {}, "endpoint_id", "endpoint_id"),
]


def _with(text: str, own: Place) -> str:
    return re.sub(r"<(\w+)>", lambda part: str(own.parts[part[1]]), text)


@pytest.mark.parametrize("caller", ["owner", "staff", "open till", "owner of both"])
def test_another_s_id_in_a_form_is_an_id_that_nobody_has(
    own: Place, theirs: Place, askers: dict[str, Asker], own_database: Database, caller: str
) -> None:
    asker, wrong, before = askers[caller], [], rows_of(own_database, theirs.shop.id)
    for method, path, rest, field, name in FORMS:
        url, told = f"/b/{own.shop.slug}/{_with(path, own)}", f"{method} {path} {field}"
        good = {key: _with(value, own) for key, value in rest.items()}
        asked = []
        for one in (str(theirs.parts[name]), nobodys(theirs.parts[name])):
            sent = {**good, field: one}
            answer = asker.get(url, sent) if method == "GET" else asker.ask(method, url, sent)
            assert answer.status_code < 500, told
            asked.append(ANY_ID.sub(b"(id)", seen(answer, (one,))))
        if asked[0] != asked[1]:
            wrong.append(f"{told}: {apart(*asked)}")
        if CANARY.encode() in asked[0]:
            wrong.append(f"{told}: shows {CANARY}")
    assert wrong == []
    assert rows_of(own_database, theirs.shop.id) == before


def test_another_s_person_opens_no_till_and_approves_nothing(
    own: Place, theirs: Place, askers: dict[str, Asker], own_database: Database
) -> None:
    till, before = askers["open till"], rows_of(own_database, theirs.shop.id)
    base = f"/b/{own.shop.slug}/till"
    for path, field in (("unlock", "staff_id"), (f"members/{own.parts['member_id']}/adjust", "manager_id")):
        asked = []
        for one in (str(theirs.parts["staff_id"]), str(new_id())):
            sent = {field: one, "pin": "123456", "points": "5", "reason": "Sorry", "program_id": own.parts["points_id"]}
            answer = till.ask("POST", f"{base}/{path}", sent)
            assert answer.status_code == 422
            asked.append(ANY_ID.sub(b"(id)", seen(answer, (one,))))
        assert asked[0] == asked[1], apart(*asked)
    assert rows_of(own_database, theirs.shop.id) == before
