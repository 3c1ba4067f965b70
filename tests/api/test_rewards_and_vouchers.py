"""The catalogue, redemptions and vouchers through the API, as API.md has them."""

from __future__ import annotations

import io
from typing import Any
from uuid import UUID, uuid4

from PIL import Image

from tests.factories.businesses import Shop
from tests.factories.people import Person
from tests.factories.rewards import saver
from tests.factories.trade import join, live_points, live_punch_card, sell

COFFEE: dict[str, Any] = {"name": "A free coffee", "rewardType": "free_product", "pointsCost": 40}


def added(alma: Person, **fields: Any) -> dict[str, Any]:
    answer = alma.post("/rewards", {**COFFEE, **fields})
    assert answer.status_code == 201, answer.json
    made: dict[str, Any] = answer.get_json()
    return made


def asked(person: Person, member_id: UUID, reward: dict[str, Any], **fields: Any) -> dict[str, Any]:
    answer = person.post("/redemptions", {"memberId": str(member_id), "rewardId": reward["id"], **fields})
    assert answer.status_code == 201, answer.json
    made: dict[str, Any] = answer.get_json()
    return made


def test_each_type_is_added_read_changed_and_removed(alma: Person) -> None:
    for reward_type, value in {
        "discount": {"percent": 12.5},
        "free_product": None,
        "free_shipping": None,
        "exclusive_access": None,
        "cash_back": {"amount": "5.00"},
    }.items():
        made = added(alma, rewardType=reward_type, value=value, quantityAvailable=50)
        assert (made["value"], made["quantityRemaining"], made["codeKind"]) == (value, 50, "generated")
        assert made["businessId"] == str(alma.business_id)
        changed = alma.put(f"/rewards/{made['id']}", {"pointsCost": 90, "active": False}).json
        assert (changed["pointsCost"], changed["active"], changed["value"]) == (90, False, value)
        assert alma.put(f"/rewards/{made['id']}", {"name": "Late"}, If_Match='"1"').status_code == 412
        assert alma.delete(f"/rewards/{made['id']}").status_code == 204
        assert alma.get(f"/rewards/{made['id']}").status_code == 404


def test_the_list_has_own_ones_by_page_and_the_platform_s_read_only(alma: Person, dora: Person) -> None:
    for number in range(3):
        added(alma, name=f"Reward {number}")
    first = alma.get("/rewards?pageSize=2").json
    assert [reward["name"] for reward in first["data"]] == ["Reward 2", "Reward 1"]
    assert first["pagination"]["totalCount"] == 7
    rest = alma.get("/rewards?pageSize=100").json["data"][3:]
    assert {reward["businessId"] for reward in rest} == {None}
    assert alma.put(f"/rewards/{rest[0]['id']}", {}).status_code == 404
    assert alma.delete(f"/rewards/{rest[0]['id']}").status_code == 404
    assert alma.get(f"/rewards/{rest[0]['id']}").json["businessId"] is None
    assert [reward["businessId"] for reward in dora.get("/rewards").json["data"]] == [None] * 4


def test_a_reward_that_can_never_be_worth_anything_is_refused_with_every_reason(alma: Person) -> None:
    answer = alma.post(
        "/rewards",
        {
            "name": "",
            "rewardType": "discount",
            "value": {"percent": 0},
            "pointsCost": 0,
            "endsAt": "2020-01-01T00:00:00Z",
            "surprise": 1,
        },
    )
    assert answer.status_code == 422
    assert set(answer.json["errors"]) == {"name", "value.percent", "pointsCost", "surprise"}
    for fields, path, words in (
        ({"value": {"categories": []}}, "value.products", "gives ₴0 when nothing eligible is in the order"),
        ({"rewardType": "cash_back"}, "value.amount", "missing"),
        ({"rewardType": "discount", "value": {"percent": 5, "amount": 5}}, "value.percent", "one of the two"),
        ({"endsAt": "2020-01-01T00:00:00Z"}, "endsAt", "over already"),
        ({"startsAt": "2099-02-01T00:00:00Z", "endsAt": "2099-01-01T00:00:00Z"}, "endsAt", "must be after start"),
        ({"startsAt": "0001-01-01T00:00:00+14:00"}, "startsAt", "from 2000"),
        ({"endsAt": "9999-12-31T23:59:59-14:00"}, "endsAt", "from 2000"),
        ({"codeKind": "shared"}, "sharedCode", "Enter the code"),
        ({"codes": ["abc"]}, "codes", "only where"),
        ({"tierExclusive": "Gold"}, "tierExclusive", "there is none yet"),
        ({"programId": str(uuid4())}, "programId", "with points"),
        ({"locationIds": [str(uuid4())]}, "locationIds", "your own"),
    ):
        refused = alma.post("/rewards", {**COFFEE, **fields})
        assert refused.status_code == 422, fields
        assert words in refused.json["errors"][path][0], refused.json["errors"]


def test_a_redemption_is_made_found_and_moved(cafe: Shop, alma: Person, ben: Person) -> None:
    member_id = saver(cafe)
    made = asked(ben, member_id, added(alma))
    assert (made["status"], made["pointsRedeemed"], made["deliveryMethod"]) == ("pending", 40, "in_store")
    path = f"/redemptions/{made['id']}"
    assert alma.patch(path, {"status": "approved"}).json["status"] == "approved"
    assert alma.patch(path, {"status": "shipped", "trackingNumber": "AB 1"}).json["trackingNumber"] == "AB 1"
    refused = alma.patch(path, {"status": "cancelled"})
    assert (refused.status_code, refused.json["code"]) == (409, "invalid_transition")
    assert alma.patch(path, {"status": "delivered"}).json["fulfilledAt"] is not None
    assert alma.patch(path, {"notes": "Thank you"}).json["notes"] == "Thank you"
    assert [each["id"] for each in alma.get("/redemptions?status=delivered").json["data"]] == [made["id"]]
    assert alma.get("/redemptions?status=pending").json["data"] == []
    assert len(alma.get(f"/members/{member_id}/redemptions").json["data"]) == 1
    assert alma.get(f"/redemptions?memberId={uuid4()}").json["data"] == []


def test_redemptions_are_refused_with_the_codes_of_the_contract(cafe: Shop, alma: Person) -> None:
    member_id = saver(cafe)
    base = {"memberId": str(member_id)}
    for reward, status, code in (
        (added(alma, pointsCost=101), 409, "insufficient_points"),
        (added(alma, quantityAvailable=0), 409, "out_of_stock"),
        (added(alma, active=False), 409, "not_available"),
    ):
        answer = alma.post("/redemptions", {**base, "rewardId": reward["id"]})
        assert (answer.status_code, answer.json["code"]) == (status, code)
    reward = added(alma)
    shipping = alma.post("/redemptions", {**base, "rewardId": reward["id"], "deliveryMethod": "shipping"})
    assert (shipping.status_code, list(shipping.json["errors"])) == (422, ["shippingAddress"])
    assert alma.post("/redemptions", {**base, "rewardId": str(uuid4())}).status_code == 404
    assert alma.post("/redemptions", {"memberId": str(uuid4()), "rewardId": reward["id"]}).status_code == 404
    for body in ({}, {"kind": "credit"}, {"rewardId": reward["id"], "points": 5}):
        assert alma.post("/redemptions", {**base, **body}).status_code == 422
    live_points(cafe, name="More points")
    sell(cafe, member_id, "50.00")
    answer = alma.post("/redemptions", {**base, "rewardId": reward["id"]})
    assert (answer.status_code, answer.json["code"]) == (422, "program_required")


def test_a_repeated_request_is_one_redemption(cafe: Shop, alma: Person) -> None:
    member_id, reward = saver(cafe), added(alma)
    body = {"memberId": str(member_id), "rewardId": reward["id"]}
    first, second = (alma.post("/redemptions", body, Idempotency_Key="tap 1") for _ in range(2))
    assert first.json["id"] == second.json["id"]
    assert second.headers["Idempotency-Replayed"] == "true"


def test_points_become_money(cafe: Shop, alma: Person) -> None:
    program_id = live_points(cafe)
    member_id = saver(cafe, program_id=program_id)
    body = {"memberId": str(member_id), "programId": str(program_id), "kind": "credit"}
    made = alma.post("/redemptions", {**body, "points": 75}).json
    assert (made["kind"], made["value"], made["rewardId"]) == ("credit", {"amount": "1.50"}, None)
    found = alma.get(f"/vouchers/{made['voucherCode']}").json
    assert (found["rewardType"], found["rewardValue"], found["programId"]) == ("credit", "1.50", None)


def test_a_voucher_is_handed_in_once_where_it_may_be(cafe: Shop, alma: Person, ben: Person) -> None:
    here, there = (alma.post("/locations", {"name": name}).json["id"] for name in ("Here", "There"))
    member_id = saver(cafe)
    code = asked(alma, member_id, added(alma, locationIds=[here]))["voucherCode"]

    def handed(location: str | None) -> tuple[int, str | None]:
        answer = ben.post(f"/vouchers/{code}/redeem", {"locationId": location} if location else {})
        return answer.status_code, answer.json.get("code") if answer.status_code != 200 else None

    assert handed(there) == (409, "location_not_participating")
    assert handed(str(uuid4())) == (422, "validation_failed")
    assert handed(here) == (200, None)
    assert handed(here) == (409, "already_redeemed")
    for nobody in ("NOBODY", "%00"):
        assert ben.get(f"/vouchers/{nobody}").status_code == 404
        assert ben.post(f"/vouchers/{nobody}/redeem").status_code == 404
    other = asked(alma, member_id, added(alma))
    alma.patch(f"/redemptions/{other['id']}", {"status": "cancelled"})
    assert ben.post(f"/vouchers/{other['voucherCode']}/redeem").json["code"] == "revoked"


def test_a_rule_s_credit_voucher_says_money_as_money(cafe: Shop, alma: Person) -> None:
    card = {"punchesRequired": 2, "rewardType": "credit", "rewardValue": 5, "rewardDescription": "Five off"}
    live_punch_card(cafe, ruleConfig=card)
    member_id = join(cafe, "Cleo")
    for _ in range(2):
        sell(cafe, member_id)
    assert alma.get(f"/members/{member_id}/vouchers").json["data"][0]["rewardValue"] == "5.00"


def test_a_picture_needs_words_and_is_shown_at_an_address(alma: Person) -> None:
    reward = added(alma)
    drawn = io.BytesIO()
    Image.new("RGB", (40, 30), "#7f3b1c").save(drawn, "PNG")
    client = alma.app.test_client(use_cookies=False)

    def sent(query: str, content: bytes) -> Any:
        path = f"/api/v1/rewards/{reward['id']}/image{query}"
        return client.put(path, data=content, content_type="image/png", headers=alma.headers)

    assert "imageAlt" in sent("", drawn.getvalue()).json["errors"]
    assert "picture" in sent("?alt=A+cup", b"<svg/>").json["errors"]
    answer = sent("?alt=A+cup", drawn.getvalue())
    assert answer.status_code == 200, answer.json
    shown = client.get("/pictures/" + answer.json["imageUrl"].partition("/pictures/")[2])
    assert (shown.status_code, shown.mimetype) == (200, "image/webp")


def test_staff_see_the_catalogue_and_do_not_change_it(alma: Person, ben: Person, dora: Person) -> None:
    reward = added(alma)
    assert ben.get(f"/rewards/{reward['id']}").status_code == 200
    assert ben.post("/rewards", COFFEE).status_code == 403
    assert dora.get(f"/rewards/{reward['id']}").status_code == 404
