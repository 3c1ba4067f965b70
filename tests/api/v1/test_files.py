"""Files by the API: members and purchases come in and go out as CSV, each an operation that is followed to its end."""

from __future__ import annotations

import csv
import io
from typing import Any

import pytest
from sqlalchemy import func, select

from app.core.unit_of_work import unit_of_work
from app.jobs.earning import settle_purchases
from app.jobs.operations import run_operations
from app.models.member import Member
from app.models.operation import OperationFile
from app.models.purchase import Purchase
from app.queries.verification import breaks
from tests.api.v1.caller import ApiCaller
from tests.factories.businesses import Shop
from tests.factories.people import check_shape
from tests.factories.trade import join, live_points, sell

MEMBERS = "Name,Phone,External id,Points\nCleo Ray,0671112233,0042,120\nDan,12,,\nEve,,E-1,5\n"
SALES = (
    "Order,Date,Card,Total,Item\n"
    "1,2026-03-28T10:15,C-1,38.70,Latte\n"
    "2,2026-03-28T11:00,,25.00,Latte\n"
    "3,tomorrow,C-1,12.00,\n"
    "4,2026-03-30T08:00,C-2,40,Latte\n"
)


def send(caller: ApiCaller, path: str, text: str | bytes, expect: int = 202, **headers: str) -> Any:
    """Send a file as it is; returns the answer."""
    person = caller.person
    content = text.encode() if isinstance(text, str) else text
    sent = person.headers | {"Content-Type": "text/csv"} | {name.replace("_", "-"): at for name, at in headers.items()}
    answer = person.app.test_client(use_cookies=False).post(f"/api/v1{path}", data=content, headers=sent)
    assert answer.status_code == expect, answer.get_data(as_text=True)
    check_shape(person.app, "POST", path, answer)
    return answer


def done(caller: ApiCaller, started: Any) -> Any:
    """Let the worker finish; returns the operation as the Location says it."""
    run_operations(str(caller.business_id))
    path = started.headers["Location"].partition("/api/v1")[2]
    operation = caller.get(path)
    assert operation["id"] == started.json["id"]
    return operation


def file_of(caller: ApiCaller, operation: Any) -> list[dict[str, str]]:
    """The file of an operation, fetched where it says."""
    path = operation["fileUrl"].partition("/api/v1")[2]
    answer = caller.person.get(path)
    assert answer.status_code == 200
    assert operation["fileName"] in answer.headers["Content-Disposition"]
    return list(csv.DictReader(io.StringIO(answer.data.decode("utf-8-sig"))))


def count(caller: ApiCaller, model: Any) -> int:
    with unit_of_work(caller.business_id) as current:
        return current.scalar(select(func.count()).select_from(model)) or 0


def test_a_file_of_members_is_imported_followed_and_undone(cafe: Shop, alma: ApiCaller) -> None:
    live_points(cafe)
    started = send(alma, "/members/imports", MEMBERS)
    assert (started.json["state"], started.json["total"], started.json["kind"]) == ("waiting", 3, "member_import")
    operation = done(alma, started)
    assert operation["state"] == "done"
    assert operation["figures"] == {"created": 2, "failed": 1, "points": 125}
    (failed,) = file_of(alma, operation)
    assert (failed["Name"], failed["Line"]) == ("Dan", "3")
    assert "phone number" in failed["Reason"]
    assert {row["name"] for row in alma.get("/members")["data"]} == {"Cleo Ray", "Eve"}
    undone = alma.post(f"/members/imports/{operation['subjectId']}/undo", expect=202)
    assert undone["kind"] == "member_import_undo"
    run_operations(str(cafe.id))
    assert alma.get("/members")["data"] == []
    with unit_of_work(cafe.id) as current:
        assert list(breaks(current(), cafe.id)) == []


def test_a_dry_run_says_the_same_and_changes_nothing(cafe: Shop, alma: ApiCaller) -> None:
    live_points(cafe)
    tried = done(alma, send(alma, "/members/imports?dryRun=true", MEMBERS))
    assert tried["figures"] == {"created": 2, "failed": 1, "points": 125}
    assert file_of(alma, tried)[0]["Name"] == "Dan"
    assert count(alma, Member) == 0
    tried = done(alma, send(alma, "/purchases/imports?source=old&dryRun=true", SALES))
    assert tried["figures"] == {"recorded": 2, "rejected": 1, "withoutMember": 1}
    assert (count(alma, Member), count(alma, Purchase)) == (0, 0)


def test_columns_are_named_where_the_header_does_not_say_them(cafe: Shop, alma: ApiCaller) -> None:
    text = "Guest;Nr, old;Points\nCleo;77;5\n"
    refused = send(alma, "/members/imports", text, 422).json["errors"]
    assert "phone" in refused["map"][0]
    started = send(alma, "/members/imports?map=name=Guest&map=external_id=Nr,%20old&map=points=", text)
    assert done(alma, started)["figures"] == {"created": 1, "points": 0}
    (member,) = alma.get("/members")["data"]
    assert (member["name"], member["externalId"]) == ("Cleo", "77")


@pytest.mark.parametrize(
    ("path", "text", "field", "words"),
    [
        ("/members/imports", "", "file", "empty"),
        ("/members/imports", b"PK\x03\x04", "file", "workbook"),
        ("/members/imports", b"Name\n\xff\n", "file", "UTF-8"),
        ("/members/imports?map=nose=Name", MEMBERS, "map", "no field nose"),
        ("/members/imports?map=name=Nose", MEMBERS, "map", "no column Nose"),
        ("/members/imports", MEMBERS, "programId", "program"),
        ("/purchases/imports?source=old", "Order\n1\n", "map", "occurred_at"),
        ("/purchases/imports?source=old", "", "file", "empty"),
        ("/purchases/imports?source=old", "Order,Order,Date,Card,Total\n1,1,2,3,4\n", "map", "two columns Order"),
    ],
)
def test_a_file_that_cannot_be_read_is_refused_at_once(
    alma: ApiCaller, path: str, text: str, field: str, words: str
) -> None:
    assert words in send(alma, path, text, 422).json["errors"][field][0]
    assert alma.get("/operations")["data"] == [], "a refused file leaves nothing behind"


@pytest.mark.parametrize(
    ("path", "expect", "code"),
    [
        ("/members/imports?mode=multiply", 400, "invalid_query"),
        ("/members/imports?map=name", 400, "invalid_query"),
        ("/members/imports?nonsense=1", 400, "invalid_query"),
        ("/purchases/imports", 400, "invalid_query"),
        ("/purchases/imports?source=till", 400, "invalid_query"),
        ("/purchases/imports?source=old&timezone=Mars", 400, "invalid_query"),
    ],
)
def test_a_wrong_wish_is_refused(alma: ApiCaller, path: str, expect: int, code: str) -> None:
    assert send(alma, path, MEMBERS, expect).json["code"] == code


def test_a_file_of_another_kind_or_size_is_refused(alma: ApiCaller) -> None:
    assert send(alma, "/members/imports", MEMBERS, 415, Content_Type="application/json").json["code"]
    assert send(alma, "/members/imports", b"a" * (5 * 1024 * 1024 + 1), 413).json["code"] == "too_large"


def test_purchases_of_a_file_earn_once_and_members_joined_when_they_first_came(cafe: Shop, alma: ApiCaller) -> None:
    live_points(cafe, startsAt="2026-01-01T00:00:00Z")
    for figures in (
        {"recorded": 2, "rejected": 1, "withoutMember": 1},
        {"knownBefore": 2, "rejected": 1, "withoutMember": 1},
    ):
        operation = done(alma, send(alma, "/purchases/imports?source=old%20till", SALES))
        assert (operation["state"], operation["done"], operation["figures"]) == ("done", 4, figures)
        (refused,) = file_of(alma, operation)
        assert (refused["Order"], refused["Line"]) == ("3", "4")
        assert "tomorrow" in refused["Reason"]
    settle_purchases(str(cafe.id))
    sales = alma.get("/purchases")["data"]
    assert [(sale["orderId"], sale["source"], sale["status"]) for sale in sales] == [
        ("4", "old till", "completed"),
        ("1", "old till", "completed"),
    ]
    assert all(sale["outcomes"][0]["points"] > 0 for sale in sales)
    joined = {row["externalId"]: row["joinedAt"] for row in alma.get("/members")["data"]}
    assert joined == {"C-1": "2026-03-28T08:15:00Z", "C-2": "2026-03-30T05:00:00Z"}
    with unit_of_work(cafe.id) as current:
        handed_in = select(func.count()).where(OperationFile.number < 0)
        assert current.scalar(handed_in) == 0, "what was handed in is gone once it is done"
        assert list(breaks(current(), cafe.id)) == []


def test_a_key_makes_an_import_safe_to_send_again(alma: ApiCaller) -> None:
    text = "Name,External id\nCleo,1\n"
    first = send(alma, "/members/imports", text, Idempotency_Key="file 1")
    again = send(alma, "/members/imports", text, Idempotency_Key="file 1")
    assert again.json == first.json
    assert again.headers["Idempotency-Replayed"] == "true"
    assert again.headers["Location"] == first.headers["Location"]
    other = send(alma, "/members/imports", text + "Dan,2\n", 422, Idempotency_Key="file 1")
    assert other.json["code"] == "idempotency_key_reused"
    assert len(alma.get("/operations")["data"]) == 1


def test_an_import_is_stopped_and_what_waits_is_forgotten(alma: ApiCaller) -> None:
    started = send(alma, "/purchases/imports?source=old", SALES)
    stopped = alma.post(f"/operations/{started.json['id']}/cancel")
    assert stopped["state"] == "cancelled"
    assert alma.post(f"/operations/{started.json['id']}/cancel", expect=409)["code"] == "operation_finished"
    run_operations(str(alma.business_id))
    assert (count(alma, Purchase), count(alma, OperationFile)) == (0, 0)


def test_exports_are_made_and_come_back_unchanged(cafe: Shop, alma: ApiCaller) -> None:
    live_points(cafe)
    cleo = join(cafe, "=Cleo", phone="+380671112233", externalId="0042")
    join(cafe, "Dan", externalId="0043")
    sell(cafe, cleo, "42.50")
    started = alma.person.post("/members/exports", {"q": "cleo"})
    members = file_of(alma, done(alma, started))
    assert [(row["Name"], row["External id"]) for row in members] == [("'=Cleo", "0042")]
    operation = done(alma, alma.person.post("/members/exports"))
    assert operation["figures"] == {"rows": 2}
    content = alma.person.get(operation["fileUrl"].partition("/api/v1")[2]).data
    again = done(alma, send(alma, "/members/imports?mode=set&map=points=", content))
    assert again["figures"] == {"same": 2, "points": 0}
    sales = file_of(alma, done(alma, alma.person.post("/purchases/exports", {"memberId": str(cleo)})))
    assert [(row["External id"], row["Amount"], row["Status"]) for row in sales] == [("0042", "42.50", "completed")]
    none = {"from": "2020-01-01T00:00:00Z", "to": "2020-02-01T00:00:00Z"}
    assert file_of(alma, done(alma, alma.person.post("/purchases/exports", none))) == []


def test_the_list_of_operations_is_filtered_and_paged(alma: ApiCaller) -> None:
    first = alma.post("/members/exports", {}, expect=202)
    second = alma.post("/purchases/exports", {}, expect=202)
    page = alma.get("/operations?limit=1")
    assert [row["id"] for row in page["data"]] == [second["id"]]
    after = alma.get(f"/operations?limit=1&cursor={page['pagination']['nextCursor']}")
    assert [row["id"] for row in after["data"]] == [first["id"]]
    assert alma.get("/operations?kind=member_export&state=done")["data"] == []


def test_a_key_that_only_sees_operations_gets_no_file(
    cafe: Shop, alma: ApiCaller, ben: ApiCaller, dora: ApiCaller
) -> None:
    join(cafe, "Cleo")
    operation = done(alma, alma.person.post("/members/exports"))
    path = f"/operations/{operation['id']}/file"
    key = alma.post("/api-keys", {"name": "w", "role": "manager", "permissions": ["operation:view"]}, expect=201)["key"]
    client = alma.person.app.test_client(use_cookies=False)
    assert client.get(f"/api/v1{path}", headers={"Authorization": f"Bearer {key}"}).status_code == 403
    assert ben.get(path, expect=403)["code"] == "forbidden"
    assert dora.get(path, expect=404)["code"] == "not_found"
    assert ben.post("/members/exports", {}, expect=403)["code"] == "forbidden"
