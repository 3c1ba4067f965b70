"""Businesses with the people who run them, made by the product's own services."""

from __future__ import annotations

from dataclasses import dataclass
from uuid import UUID

from flask import Flask, current_app

from app.core.ids import new_id, token
from app.core.unit_of_work import platform_session, unit_of_work
from app.domain.actor import Actor
from app.queries import businesses
from app.services import sessions
from app.services.businesses import create_business
from app.services.sessions import Visit
from app.services.staff import add_staff
from tests.factories.people import PASSWORD, Person

VISIT = Visit("127.0.0.1", "tests")


@dataclass(frozen=True)
class Shop:
    """A business and its owner; tests hire whom else they need."""

    id: UUID
    slug: str
    name: str
    currency: str
    timezone: str
    owner: Person


def found_shop(name: str, owner: str, *, currency: str = "UAH", timezone: str = "Europe/Kyiv") -> Shop:
    """Found a business whose owner is signed in to the API; addresses are new each time."""
    email = address(owner)
    with unit_of_work(new_id()):
        business_id, user_id = create_business(name, email, PASSWORD, timezone, currency, "coffee")
        slug = businesses.business(business_id)["slug"]
    person = signed_in(owner, email, user_id, business_id, slug)
    return Shop(business_id, slug, name, currency, timezone, person)


def hire(shop: Shop, name: str, role: str, pin: str | None = None) -> Person:
    """Take somebody on in a role, signed in to the API."""
    email = address(name)
    boss = Actor("user", shop.owner.user_id, shop.owner.name)
    with unit_of_work(shop.id):
        add_staff(name, email, role, PASSWORD, pin, boss)
    with platform_session():
        user_id = sessions.authenticate(email, PASSWORD)
    assert user_id is not None
    return signed_in(name, email, user_id, shop.id, shop.slug)


def signed_in(name: str, email: str, user_id: UUID, business_id: UUID, slug: str) -> Person:
    """Return a person with fresh tokens."""
    with platform_session():
        tokens = sessions.open_api_session(user_id, business_id, VISIT)
    assert tokens is not None
    app: Flask = current_app._get_current_object()  # type: ignore[attr-defined]
    return Person(app, name, email, user_id, business_id, slug, tokens.access_token, tokens.refresh_token)


def address(name: str) -> str:
    """Return an e-mail address that nobody has yet."""
    return f"{name.lower()}.{token(64)}@example.com"
