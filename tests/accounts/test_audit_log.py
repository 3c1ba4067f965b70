"""The audit log through the API: every change with who, when, before and after; filtered, page by page."""

from __future__ import annotations

from datetime import datetime, timedelta

from app.core import clock
from tests.factories.businesses import Shop
from tests.factories.people import Person


def test_a_change_is_told_with_who_when_before_and_after(alma: Person) -> None:
    place = alma.post("/locations", {"name": "Main"}).json
    alma.patch(f"/locations/{place['id']}", {"name": "Two"}, X_Request_ID="req-7")
    newest, made = alma.get("/audit-log?targetKind=location").json["data"]
    assert (newest["action"], newest["before"], newest["after"]) == (
        "location.changed",
        {"name": "Main"},
        {"name": "Two"},
    )
    assert newest["actor"] == {"kind": "user", "id": str(alma.user_id), "name": newest["actor"]["name"]}
    assert newest["target"] == {"kind": "location", "id": place["id"]}
    assert newest["requestId"] == "req-7"
    assert (made["action"], made["before"]) == ("location.created", None)


def test_filters_narrow_and_add_up(cafe: Shop, alma: Person, max_manager: Person) -> None:
    places = [alma.post("/locations", {"name": name}).json["id"] for name in ("A", "B")]
    max_manager.patch(f"/locations/{places[0]}", {"name": "C"})

    def actions(**filters: str) -> list[str]:
        query = "&".join(f"{name}={value}" for name, value in filters.items())
        return [row["action"] for row in alma.get(f"/audit-log?{query}").json["data"]]

    assert actions(actorId=str(max_manager.user_id)) == ["location.changed"]
    assert actions(targetId=places[0]) == ["location.changed", "location.created"]
    assert actions(targetId=places[0], action="location.created") == ["location.created"]
    assert actions(targetKind="staff") == ["staff.added"]
    assert "business.created" in actions()
    now = clock.now()
    assert actions(**{"from": f"{now + timedelta(hours=1):%Y-%m-%dT%H:%M:%SZ}"}) == []
    assert actions(to=f"{now - timedelta(hours=1):%Y-%m-%dT%H:%M:%SZ}") == []


def test_the_log_goes_on_by_cursor_and_misses_nothing(alma: Person) -> None:
    for number in range(7):
        alma.post("/locations", {"name": f"Place {number}"})
    seen: list[str] = []
    cursor = ""
    while cursor is not None:
        page = alma.get(f"/audit-log?targetKind=location&limit=3{f'&cursor={cursor}' if cursor else ''}").json
        seen += [row["after"]["name"] for row in page["data"]]
        cursor = page["pagination"]["nextCursor"]
    assert seen == [f"Place {number}" for number in reversed(range(7))]


def test_what_cannot_be_meant_is_refused(alma: Person) -> None:
    for query in ("actorId=x", "from=yesterday", "from=2026-01-01T00:00:00", "cursor=x", "page=2", "limit=101"):
        assert alma.get(f"/audit-log?{query}").status_code == 400, query


def test_nobody_reads_the_log_of_another_business(alma: Person, dora: Person) -> None:
    alma.post("/locations", {"name": "A secret place"})
    assert "A secret place" not in dora.get("/audit-log").get_data(as_text=True)
    assert dora.get(f"/audit-log?actorId={alma.user_id}").json["data"] == []


def test_a_key_tells_when_it_was_last_used(alma: Person) -> None:
    made = alma.post("/api-keys", {"name": "till", "role": "staff"}).json
    assert made["lastUsedAt"] is None
    client = alma.app.test_client()
    before = clock.now()
    assert client.get("/api/v1/me", headers={"Authorization": f"Bearer {made['key']}"}).status_code == 200
    used = alma.get("/api-keys").json["data"][0]["lastUsedAt"]
    assert before - timedelta(seconds=1) < datetime.fromisoformat(used) <= clock.now()
