"""People, keys and places of a business: who may change them, what is kept, and what the audit log says."""

from __future__ import annotations

from typing import Any

import pytest
from flask.testing import FlaskClient
from sqlalchemy import select

from app.core.passwords import verify_pin
from app.core.unit_of_work import platform_session, session, unit_of_work
from app.models.api_key import ApiKey
from app.models.audit_log import AuditRecord
from app.models.membership import Membership
from tests.factories.businesses import Shop, address
from tests.factories.people import PASSWORD, Person


def _hire(alma: Person, **fields: Any) -> Any:
    return alma.post("/staff", {"name": "Ben", "email": address("ben"), "role": "staff", "password": PASSWORD} | fields)


def test_somebody_taken_on_can_sign_in_at_once(alma: Person, client: FlaskClient) -> None:
    email = address("ben")
    assert _hire(alma, email=email).status_code == 201
    answer = client.post("/api/v1/auth/token", json={"email": email, "password": PASSWORD})
    assert answer.json["business"]["id"] == str(alma.business_id)


def test_taking_on_somebody_with_an_account_does_not_touch_their_password(
    alma: Person, dora: Person, client: FlaskClient
) -> None:
    known = _hire(alma, email=dora.email, password="a password that Alma chose")
    new = _hire(alma)
    assert set(known.json) == set(new.json)
    body = {"email": dora.email, "password": "a password that Alma chose"}
    assert client.post("/api/v1/auth/token", json=body).status_code == 401
    body = {"email": dora.email, "password": PASSWORD, "businessId": str(alma.business_id)}
    assert client.post("/api/v1/auth/token", json=body).status_code == 200


def test_a_pin_is_six_digits_kept_as_a_peppered_hash(alma: Person) -> None:
    staff = _hire(alma, pin="481516").json
    assert staff["hasPin"] is True
    with platform_session():
        kept = session().scalars(select(Membership.pin_hash).where(Membership.id == staff["id"])).one()
    assert kept is not None
    assert "481516" not in kept
    assert verify_pin(kept, "481516")
    assert not verify_pin(kept, "481517")
    assert _hire(alma, pin="123456").status_code == 422
    assert _hire(alma, pin="12ab56").status_code == 422


def test_a_business_keeps_an_owner(alma: Person) -> None:
    staff_id = alma.get("/staff").json["data"][0]["id"]
    for answer in (alma.patch(f"/staff/{staff_id}", {"role": "staff"}), alma.delete(f"/staff/{staff_id}")):
        assert (answer.status_code, answer.json["code"]) == (409, "last_owner")
    _hire(alma, role="owner")
    assert alma.patch(f"/staff/{staff_id}", {"role": "manager"}).status_code == 200


def test_nobody_is_taken_on_twice_and_who_left_may_come_back(alma: Person) -> None:
    email = address("ben")
    first = _hire(alma, email=email).json
    assert _hire(alma, email=email).json["code"] == "already_staff"
    assert alma.delete(f"/staff/{first['id']}").status_code == 204
    assert alma.delete(f"/staff/{first['id']}").status_code == 404
    assert _hire(alma, email=email).json["id"] == first["id"]


def test_staff_are_listed_page_by_page(alma: Person) -> None:
    for _ in range(3):
        _hire(alma)
    seen: list[str] = []
    cursor = ""
    while cursor is not None:
        page = alma.get(f"/staff?limit=2{f'&cursor={cursor}' if cursor else ''}").json
        seen += [row["id"] for row in page["data"]]
        cursor = page["pagination"]["nextCursor"]
    assert len(seen) == len(set(seen)) == 4
    assert alma.get("/staff?cursor=nonsense").status_code == 400


def test_a_key_is_shown_once_kept_as_a_hash_and_ends_at_once(alma: Person, client: FlaskClient) -> None:
    made = alma.post("/api-keys", {"name": "till", "role": "staff"}).json
    headers = {"Authorization": f"Bearer {made['key']}"}
    assert client.get("/api/v1/me", headers=headers).json["user"] == {
        "id": made["id"],
        "kind": "api_key",
        "name": "till",
    }
    assert "key" not in alma.get("/api-keys").json["data"][0]
    with unit_of_work(alma.business_id):
        rows = session().scalars(select(ApiKey).where(ApiKey.business_id == alma.business_id)).all()
        assert made["key"] not in str([vars(row) for row in rows])
    assert alma.delete(f"/api-keys/{made['id']}").status_code == 204
    assert client.get("/api/v1/me", headers=headers).status_code == 401


def test_a_key_of_one_business_with_the_address_of_another_opens_neither(
    alma: Person, dora: Person, client: FlaskClient
) -> None:
    hers = dora.post("/api-keys", {"name": "till", "role": "staff"}).json["key"]
    mine = alma.post("/api-keys", {"name": "till", "role": "staff"}).json["key"]
    mixed = mine[:25] + hers[25:]
    assert client.get("/api/v1/me", headers={"Authorization": f"Bearer {mixed}"}).status_code == 401


@pytest.mark.parametrize(
    ("role", "permissions"),
    [("staff", ["staff:edit"]), ("manager", ["api_key:edit"]), ("staff", ["x:y"]), ("staff", [])],
)
def test_a_list_of_permissions_narrows_and_never_widens(alma: Person, role: str, permissions: list[str]) -> None:
    body = {"name": "till", "role": role, "permissions": permissions}
    assert set(alma.post("/api-keys", body).json["errors"]) == {"permissions"}


def test_a_business_says_what_it_is_and_its_settings_are_merged(alma: Person) -> None:
    alma.patch("/business", {"settings": {"a": 1, "b": 2}})
    changed = alma.patch("/business", {"name": "Alma's", "settings": {"b": None, "c": 3}}).json
    assert (changed["name"], changed["settings"], changed["version"]) == ("Alma's", {"a": 1, "c": 3}, 3)
    assert alma.patch("/business", {"currency": "euro"}).status_code == 422
    assert alma.patch("/business", {"timezone": "Mars/Base"}).status_code == 422


def test_a_place_is_made_changed_and_taken_out_of_use(alma: Person) -> None:
    hours = {"mon": [{"opens": "08:00", "closes": "20:00"}]}
    refused = alma.post("/locations", {"name": "Main", "hours": hours, "timezone": "Europe/Lviv"})
    assert refused.json["errors"] == {"timezone": ["Timezone must be a name such as Europe/Kyiv"]}
    place = alma.post("/locations", {"name": "Main", "hours": hours, "address": {"city": "Lviv", "country": "UA"}}).json
    assert place["hours"] == hours
    changed = alma.patch(f"/locations/{place['id']}", {"address": {"city": "Kyiv"}, "hours": {}}).json
    assert (changed["address"], changed["hours"], changed["name"]) == ({"city": "Kyiv"}, {}, "Main")
    assert alma.delete(f"/locations/{place['id']}").status_code == 204
    assert alma.get("/locations").json["data"] == []


def test_every_change_leaves_one_record_with_who_and_what(cafe: Shop, alma: Person) -> None:
    place = alma.post("/locations", {"name": "Main"}, X_Request_ID="req-1").json
    alma.patch(f"/locations/{place['id']}", {"name": "Two", "timezone": None})
    with unit_of_work(cafe.id):
        query = select(AuditRecord).where(AuditRecord.target_kind == "location").order_by(AuditRecord.id)
        made, changed = session().scalars(query).all()
        assert (made.action, made.actor_id, made.request_id) == ("location.created", alma.user_id, "req-1")
        assert (changed.before, changed.after) == ({"name": "Main"}, {"name": "Two"})
