"""Members through the API: made, found, changed, erased, and nobody else's."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import Any
from uuid import uuid4

import pytest

from app.core.ids import code
from app.services import member_rows
from tests.api.v1.caller import ApiCaller

CLEO = {"name": "Cleo Ray", "phone": "050 123 45 67", "email": " Cleo.Ray@Example.com ", "externalId": "0042"}


def test_a_new_member_has_codes_and_keys_in_their_normal_form(alma: ApiCaller) -> None:
    made = alma.post("/members", CLEO, expect=201)
    assert (made["phone"], made["email"], made["status"]) == ("+380501234567", "cleo.ray@example.com", "active")
    assert len(made["code"]) == 8 and made["code"] != made["referralCode"]
    assert not set(made["code"]) & set("01OILU")
    assert "privateMultiplier" not in made
    assert alma.get(f"/members/{made['id']}") == made


@pytest.mark.parametrize(
    "key",
    [{"phone": "+380 (50) 123-45-67"}, {"email": "CLEO.RAY@example.com"}, {"externalId": "0042"}],
)
def test_a_key_that_somebody_has_is_refused_and_names_the_member(alma: ApiCaller, key: dict[str, str]) -> None:
    cleo = alma.post("/members", CLEO, expect=201)
    problem = alma.post("/members", {"name": "Someone else", **key}, expect=409)
    assert problem["code"] == "member_exists"
    assert cleo["id"] in problem["detail"] and "Cleo Ray" in problem["detail"]
    other = alma.post("/members", {"name": "Dan"}, expect=201)
    assert alma.patch(f"/members/{other['id']}", key, expect=409)["code"] == "member_exists"


def test_two_businesses_may_have_the_same_customer(alma: ApiCaller, dora: ApiCaller) -> None:
    assert alma.post("/members", CLEO, expect=201)["id"] != dora.post("/members", CLEO, expect=201)["id"]


def test_nonsense_is_refused_with_every_violation_at_once(alma: ApiCaller) -> None:
    nonsense = {
        "name": "  ",
        "phone": "12",
        "email": "nobody",
        "birthday": (datetime.now(UTC) + timedelta(days=2)).date().isoformat(),
        "externalId": "x" * 129,
        "metadata": {"a": [1]},
        "privateMultiplier": 2,
    }
    problem = alma.post("/members", nonsense, expect=422)
    assert set(problem["errors"]) == set(nonsense)


@pytest.fixture
def other_codes(monkeypatch: pytest.MonkeyPatch) -> None:
    """Codes that are drawn as ever, and begin with nothing that is looked for: a member is found by theirs, too."""
    monkeypatch.setattr(member_rows, "code", lambda: f"XQ{code()[2:]}")


@pytest.mark.usefixtures("other_codes")
@pytest.mark.parametrize(
    "query", ["cle", "ray", "ray cleo", "RAY", "050 123", "+38050123", "4567", "cleo.ray@ex", "42"]
)
def test_a_member_is_found_by_the_beginning_of_any_word(alma: ApiCaller, query: str) -> None:
    cleo = alma.post("/members", CLEO, expect=201)
    alma.post("/members", {"name": "Dan Brown", "phone": "0671112233"}, expect=201)
    assert ids(alma.get("/members?q=" + query.replace("+", "%2B").replace(" ", "%20"))) == [cleo["id"]]


@pytest.mark.usefixtures("other_codes")
@pytest.mark.parametrize("query", ["leo", "zz", "cleo brown", "%25", "_"])
def test_what_begins_no_word_finds_nobody(alma: ApiCaller, query: str) -> None:
    alma.post("/members", CLEO, expect=201)
    expected = 1 if query in ("%25", "_") else 0
    assert len(ids(alma.get(f"/members?q={query}"))) in (0, expected)


def test_the_search_follows_a_changed_name(alma: ApiCaller) -> None:
    cleo = alma.post("/members", CLEO, expect=201)
    alma.patch(f"/members/{cleo['id']}", {"name": "Cleo Hill"})
    assert ids(alma.get("/members?q=hill")) == [cleo["id"]]
    assert ids(alma.get("/members?q=ray")) == [cleo["id"]], "the address still begins with ray"
    alma.patch(f"/members/{cleo['id']}", {"email": None})
    assert ids(alma.get("/members?q=ray")) == []


def test_members_are_listed_newest_first_by_cursor(alma: ApiCaller) -> None:
    made = [alma.post("/members", {"name": f"Member {number}"}, expect=201)["id"] for number in range(5)]
    seen: list[str] = []
    cursor = ""
    while cursor is not None:
        page = alma.get(f"/members?limit=2{cursor}")
        seen += ids(page)
        following = page["pagination"]["nextCursor"]
        cursor = f"&cursor={following}" if following else None  # type: ignore[assignment]
    assert seen == made[::-1]


def test_a_cursor_that_is_not_ours_is_refused(alma: ApiCaller) -> None:
    for cursor in ("abc", "MXwwMDA", "%00"):
        alma.get(f"/members?cursor={cursor}", expect=400)


def test_a_patch_changes_what_it_names_and_answers_if_match(alma: ApiCaller) -> None:
    cleo = alma.post("/members", CLEO, expect=201)
    changed = alma.patch(f"/members/{cleo['id']}", {"birthday": "1990-02-28"}, headers={"If-Match": '"1"'})
    assert (changed["birthday"], changed["name"], changed["version"]) == ("1990-02-28", "Cleo Ray", 2)
    alma.patch(f"/members/{cleo['id']}", {"name": "Late"}, headers={"If-Match": '"1"'}, expect=412)
    assert alma.patch(f"/members/{cleo['id']}", {"birthday": "1990-02-28"})["version"] == 2


def test_a_referral_code_names_who_brought_the_member(alma: ApiCaller) -> None:
    cleo = alma.post("/members", CLEO, expect=201)
    dan = alma.post("/members", {"name": "Dan", "referralCode": cleo["referralCode"].lower()}, expect=201)
    assert dan["referredBy"] == cleo["id"]
    problem = alma.post("/members", {"name": "Eve", "referralCode": "NOBODY22"}, expect=422)
    assert "referralCode" in problem["errors"]


def test_a_status_is_set_and_filtered_by(alma: ApiCaller) -> None:
    cleo = alma.post("/members", CLEO, expect=201)
    alma.post("/members", {"name": "Dan"}, expect=201)
    assert alma.post(f"/members/{cleo['id']}/status", {"status": "suspended"})["status"] == "suspended"
    assert ids(alma.get("/members?status=suspended")) == [cleo["id"]]
    alma.post(f"/members/{cleo['id']}/status", {"status": "asleep"}, expect=422)
    assert len(ids(alma.get("/members?segment=new"))) == 2


def test_an_erased_member_is_gone_and_the_keys_are_free_again(alma: ApiCaller, ben: ApiCaller) -> None:
    cleo = alma.post("/members", CLEO, expect=201)
    ben.delete(f"/members/{cleo['id']}", expect=403)
    alma.delete(f"/members/{cleo['id']}", expect=204)
    alma.get(f"/members/{cleo['id']}", expect=404)
    alma.delete(f"/members/{cleo['id']}", expect=404)
    assert ids(alma.get("/members?q=cleo")) == [] and ids(alma.get("/members")) == []
    assert alma.post("/members", CLEO, expect=201)["id"] != cleo["id"]


def test_a_stranger_sees_nothing_and_learns_nothing(alma: ApiCaller, dora: ApiCaller) -> None:
    cleo = alma.post("/members", CLEO, expect=201)
    for method, rest, body in (
        ("GET", "", None),
        ("PATCH", "", {"name": "Mine"}),
        ("DELETE", "", None),
        ("POST", "/status", {"status": "suspended"}),
        ("GET", "/enrollments", None),
        ("GET", "/ledger", None),
        ("GET", "/activity", None),
        ("GET", "/vouchers", None),
        ("GET", "/export", None),
    ):
        hers = dora.call(method, f"/members/{cleo['id']}{rest}", body, expect=404)
        nobodys = dora.call(method, f"/members/{uuid4()}{rest}", body, expect=404)
        assert hers | {"requestId": ""} == nobodys | {"requestId": ""}
    assert ids(dora.get("/members?q=cleo")) == []
    assert alma.get(f"/members/{cleo['id']}")["name"] == "Cleo Ray"


def ids(page: dict[str, Any]) -> list[str]:
    return [member["id"] for member in page["data"]]


def test_two_accounts_of_one_person_become_one(alma: ApiCaller, ben: ApiCaller, dora: ApiCaller) -> None:
    stays = alma.post("/members", {"name": "Cleo", "phone": "0501234567"}, expect=201)
    goes = alma.post("/members", {"name": "Cleo Ray", "email": "cleo@example.com"}, expect=201)
    path, body = f"/members/{goes['id']}/merge", {"into": stays["id"]}
    ben.post(path, body, expect=403)
    dora.post(path, body, expect=404)
    merged = alma.post(path, body)
    assert (merged["id"], merged["name"], merged["email"]) == (stays["id"], "Cleo", "cleo@example.com")
    alma.get(f"/members/{goes['id']}", expect=404)
    alma.post(path, body, expect=404)
    alma.post(f"/members/{stays['id']}/merge", body, expect=422)
