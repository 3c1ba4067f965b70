"""A paired till for tests: the device with its cookies, and who opens it."""

from __future__ import annotations

import re
from typing import Any
from uuid import UUID

from flask.testing import FlaskClient
from werkzeug.test import TestResponse

from app.core.unit_of_work import session, unit_of_work
from app.models.membership import Membership
from app.services.devices import make_pairing_code
from tests.factories.businesses import Shop
from tests.factories.people import Person, submit
from tests.factories.programs import owner_of

BEN_PIN = "604182"
MAX_PIN = "917350"


def paired(shop: Shop, name: str = "Counter iPad", location_id: UUID | None = None) -> FlaskClient:
    """Return a browser that is a paired till, locked."""
    with unit_of_work(shop.id):
        code = make_pairing_code(name, location_id, actor=owner_of(shop))
    client = shop.owner.app.test_client()
    answer = submit(client, f"/b/{shop.slug}/till/pair", code=code)
    assert answer.status_code == 303, answer.get_data(as_text=True)
    return client


def unlock(client: FlaskClient, shop: Shop, person: Person, pin: str) -> TestResponse:
    """Type a PIN."""
    return submit(client, f"/b/{shop.slug}/till/unlock", staff_id=str(staff_id(shop, person)), pin=pin)


def opened(shop: Shop, person: Person, pin: str = BEN_PIN, **device: Any) -> FlaskClient:
    """Return a paired till at which somebody has signed in."""
    client = paired(shop, **device)
    answer = unlock(client, shop, person, pin)
    assert answer.status_code == 303, answer.get_data(as_text=True)
    return client


def staff_id(shop: Shop, person: Person) -> UUID:
    """Return the membership of somebody who works here."""
    with unit_of_work(shop.id):
        mine = session().query(Membership.id).filter_by(business_id=shop.id, user_id=person.user_id)
        found: UUID = mine.scalar()
        return found


def keys_in(page: str) -> list[str]:
    """Return the purchase keys of a page."""
    return re.findall(r'name="purchase_key" value="([^"]+)"', page)
