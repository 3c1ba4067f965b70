"""Cleo's phone tells her when she has earned a reward: encrypted for it alone, once, and only while she wants it."""

from __future__ import annotations

import json
from collections.abc import Iterator
from datetime import timedelta
from uuid import UUID

import jwt
import pytest
from cryptography.hazmat.primitives.asymmetric import ec
from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy import func, select
from werkzeug.test import TestResponse

from app.core import clock
from app.core.unit_of_work import unit_of_work
from app.domain.push import is_push_service
from app.factory import create_app
from app.jobs import runtime
from app.jobs.push import send_pushes
from app.jobs.relay import relay_events
from app.models.push import PushMessage, PushSubscription
from app.queries.consents import consents_of
from app.services import push
from app.services.member_erasure import erase_member
from tests.factories.businesses import Shop
from tests.factories.people import form_token
from tests.factories.portal import card_browser, own_address
from tests.factories.programs import owner_of
from tests.factories.trade import join, live_punch_card, sell
from tests.support.app import Client, close, settings_for
from tests.support.databases import Database
from tests.support.push_service import PhoneBrowser, PushService, push_service


@pytest.fixture
def service() -> Iterator[PushService]:
    with push_service() as found:
        yield found


@pytest.fixture
def pushing(app: Flask, database: Database) -> Iterator[Flask]:
    """The application, which takes this machine for a push service."""
    made = create_app(settings_for(database, push_services="127.0.0.1"))
    made.test_client_class = Client
    runtime.serve(made)
    with made.app_context():
        yield made
    runtime.serve(app)
    close(made)


@pytest.fixture
def cleo(pushing: Flask, cafe: Shop) -> tuple[UUID, FlaskClient]:
    address = own_address("cleo")
    member_id = join(cafe, "Cleo", email=address)
    return member_id, card_browser(pushing, cafe, address)


def test_a_reward_is_told_on_her_phone_once_and_only_the_phone_can_read_it(
    pushing: Flask, cafe: Shop, cleo: tuple[UUID, FlaskClient], service: PushService
) -> None:
    member_id, browser = cleo
    phone = PhoneBrowser(f"{service.url}/phones/1")
    assert _send(browser, cafe, "push", phone.subscription).status_code == 204
    _earn_a_reward(cafe, member_id)
    for _ in range(2):
        send_pushes(str(cafe.id))
    [delivery] = service.deliveries
    assert b"coffee" not in delivery.body
    told = json.loads(phone.read(delivery.body))
    assert told["title"] == "You earned: A coffee on the house"
    assert told["body"].startswith("Café Alma.")
    assert told["url"].endswith(f"/m/{cafe.slug}/")
    assert (delivery.headers["Content-Encoding"], delivery.headers["Ttl"]) == ("aes128gcm", "604800")
    assert _states(cafe) == ["sent"]


def test_the_message_is_signed_by_the_key_that_the_page_gives_to_browsers(
    pushing: Flask, cafe: Shop, cleo: tuple[UUID, FlaskClient], service: PushService
) -> None:
    member_id, browser = cleo
    page = browser.get(f"/m/{cafe.slug}/profile").get_data(as_text=True)
    given = page.partition('data-key="')[2].partition('"')[0]
    _send(browser, cafe, "push", PhoneBrowser(f"{service.url}/phones/1").subscription)
    _earn_a_reward(cafe, member_id)
    send_pushes(str(cafe.id))
    scheme, _, parts = service.deliveries[0].headers["Authorization"].partition(" ")
    signed, key = (part.strip().partition("=")[2] for part in parts.split(","))
    assert (scheme, key) == ("vapid", given)
    point = ec.EllipticCurvePublicKey.from_encoded_point(ec.SECP256R1(), jwt.utils.base64url_decode(given))
    claims = jwt.decode(signed, point, algorithms=["ES256"], audience="http://127.0.0.1")
    assert claims["sub"].startswith("mailto:")
    assert pushing.extensions["web_push"].public_key == given


def test_a_phone_that_is_gone_is_forgotten(cafe: Shop, cleo: tuple[UUID, FlaskClient], service: PushService) -> None:
    member_id, browser = cleo
    service.answers["/phones/1"] = 410
    for number in (1, 2):
        _send(browser, cafe, "push", PhoneBrowser(f"{service.url}/phones/{number}").subscription)
    _earn_a_reward(cafe, member_id)
    send_pushes(str(cafe.id))
    assert sorted(delivery.path for delivery in service.deliveries) == ["/phones/1", "/phones/2"]
    with unit_of_work(cafe.id) as session:
        assert [row.endpoint for row in session.execute(select(PushSubscription.endpoint))] == [
            f"{service.url}/phones/2"
        ]
    assert _states(cafe) == ["sent"]


def test_a_service_that_is_down_is_asked_again_and_given_up_after_five_tries(
    cafe: Shop, cleo: tuple[UUID, FlaskClient], service: PushService
) -> None:
    member_id, browser = cleo
    service.answers["/phones/1"] = 503
    _send(browser, cafe, "push", PhoneBrowser(f"{service.url}/phones/1").subscription)
    _earn_a_reward(cafe, member_id)
    now = clock.now()
    for tried in range(1, 8):
        with clock.frozen(now + timedelta(hours=tried)):
            send_pushes(str(cafe.id))
    assert len(service.deliveries) == 5
    assert _states(cafe) == ["dead"]


def test_a_claim_that_was_taken_over_settles_nothing(
    cafe: Shop, cleo: tuple[UUID, FlaskClient], service: PushService
) -> None:
    member_id, browser = cleo
    _send(browser, cafe, "push", PhoneBrowser(f"{service.url}/phones/1").subscription)
    _earn_a_reward(cafe, member_id)
    now = clock.now()
    with unit_of_work(cafe.id):
        [slow] = push.claim_pushes()
    with unit_of_work(cafe.id):
        assert push.claim_pushes() == [], "held by the lease"
    with clock.frozen(now + push.LEASE + timedelta(minutes=1)), unit_of_work(cafe.id):
        [second] = push.claim_pushes()
        push.settle_push(slow, "too late")
        push.settle_push(second, "")
    assert _states(cafe) == ["sent"]


def test_off_means_off(cafe: Shop, cleo: tuple[UUID, FlaskClient], service: PushService) -> None:
    member_id, browser = cleo
    phone = PhoneBrowser(f"{service.url}/phones/1")
    _send(browser, cafe, "push", phone.subscription)
    with unit_of_work(cafe.id):
        assert consents_of(member_id)["push"]
    assert _send(browser, cafe, "push/end", {"endpoint": phone.endpoint}).status_code == 204
    _earn_a_reward(cafe, member_id)
    send_pushes(str(cafe.id))
    assert service.deliveries == []
    with unit_of_work(cafe.id):
        assert not consents_of(member_id)["push"]


def test_who_is_erased_is_told_nothing_any_more(
    cafe: Shop, cleo: tuple[UUID, FlaskClient], service: PushService
) -> None:
    member_id, browser = cleo
    _send(browser, cafe, "push", PhoneBrowser(f"{service.url}/phones/1").subscription)
    _earn_a_reward(cafe, member_id)
    with unit_of_work(cafe.id):
        erase_member(member_id, actor=owner_of(cafe))
    send_pushes(str(cafe.id))
    assert service.deliveries == []
    with unit_of_work(cafe.id) as session:
        assert session.scalar(select(func.count()).select_from(PushSubscription)) == 0


def test_only_push_services_are_called_and_only_good_keys_kept(
    cafe: Shop, cleo: tuple[UUID, FlaskClient], service: PushService
) -> None:
    _, browser = cleo
    good = PhoneBrowser(f"{service.url}/phones/1").subscription
    for wrong, status in [
        ({**good, "endpoint": "http://169.254.169.254/latest"}, 422),
        ({**good, "keys": {"p256dh": "AAAA", "auth": "AAAA"}}, 422),
        ({"endpoint": service.url}, 400),
        ([], 400),
    ]:
        assert _send(browser, cafe, "push", wrong).status_code == status, wrong


@pytest.mark.parametrize(
    ("endpoint", "is_known"),
    [
        ("https://fcm.googleapis.com/fcm/send/abc", True),
        ("https://updates.push.services.mozilla.com/wpush/v2/x", True),
        ("https://web.push.apple.com/Q", True),
        ("http://fcm.googleapis.com/fcm/send/abc", False),
        ("https://fcm.googleapis.com.evil.example/x", False),
        ("https://evil.example/?fcm.googleapis.com", False),
        ("https://user@fcm.googleapis.com/x", False),
        ("https://127.0.0.1/x", False),
        ("https://[::1/x", False),
    ],
)
def test_what_is_a_push_service(app: Flask, endpoint: str, is_known: bool) -> None:
    assert is_push_service(endpoint, app.extensions["settings"].push_services.split()) is is_known


def _send(browser: FlaskClient, shop: Shop, path: str, body: object) -> TestResponse:
    """Send JSON as the page's script does."""
    return browser.post(f"/m/{shop.slug}/{path}", json=body, headers={"X-CSRFToken": form_token(browser)})


def _earn_a_reward(shop: Shop, member_id: UUID) -> None:
    live_punch_card(shop)
    for _ in range(3):
        sell(shop, member_id, "10")
    relay_events(str(shop.id))


def _states(shop: Shop) -> list[str]:
    with unit_of_work(shop.id) as session:
        return list(session.scalars(select(PushMessage.state)))
