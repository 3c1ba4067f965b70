"""One good request for every address that changes the configuration, and why other addresses change none."""

from __future__ import annotations

import io
from collections.abc import Callable
from dataclasses import dataclass
from datetime import timedelta
from typing import Any
from uuid import UUID

from PIL import Image

from app.adapters.webhook_sender import WebhookSender
from app.core import clock
from app.core.unit_of_work import unit_of_work
from app.domain.lifecycle import Action
from app.queries.rewards import platform_rewards
from app.queries.tills import tills
from app.services.api_keys import create_api_key
from app.services.brand import change_logo
from app.services.bulk_runs import start_run
from app.services.businesses import create_location
from app.services.devices import make_pairing_code, pair_device
from app.services.invitations import invite_staff
from app.services.member_tags import add_own_field
from app.services.program_lifecycle import move_program
from app.services.staff import add_staff
from app.services.webhooks import add_endpoint
from tests.factories.businesses import Shop, address
from tests.factories.people import PASSWORD
from tests.factories.programs import PUNCH_CONFIG, owner_of, punch_card
from tests.factories.rewards import free_coffee
from tests.factories.trade import live_tiers

NO_CONFIGURATION = {
    "/api/v1/auth/": "signs in and out; founding a business writes business.created",
    "/api/v1/loyalty/programs/<uuid:program_id>/enrollments": "a member's record",
    "/api/v1/loyalty/programs/<uuid:program_id>/validate": "saves nothing",
    "/api/v1/loyalty/programs/preview": "saves nothing",
    "/api/v1/loyalty/programs/validate": "saves nothing",
    "/api/v1/members": "members' records, each with its own story",
    "/api/v1/operations": "stops long work",
    "/api/v1/purchases": "trade: the books tell it",
    "/api/v1/redemptions": "trade: the books tell it",
    "/api/v1/vouchers": "trade: the books tell it",
    "/api/v1/webhook-endpoints/<uuid:endpoint_id>/deliveries": "sends again what was sent",
    "/api/v1/webhook-endpoints/<uuid:endpoint_id>/replay": "sends again what was sent",
    "/api/v1/webhook-endpoints/<uuid:endpoint_id>/test": "sends a try-out",
    "/b/<slug>/account/sign-ins": "a person's own sign-ins, which are rows with a reason",
    "/b/<slug>/attention": "puts right what trade left open",
    "/b/<slug>/invitation": "a person's own yes; tests/accounts/test_invitations.py holds it to its record",
    "/b/<slug>/members/<uuid:member_id>": "members' records, each with its own story",
    "/b/<slug>/members/bulk": "members' records, each with its own story",
    "/b/<slug>/members/export": "reads",
    "/b/<slug>/members/import": "members' records, each with its own story",
    "/b/<slug>/members/new": "members' records, each with its own story",
    "/b/<slug>/operations": "stops long work",
    "/b/<slug>/programs/<uuid:program_id>/details": "keeps unfinished typing; finishing writes program.updated",
    "/b/<slug>/programs/<uuid:program_id>/edit": "keeps unfinished typing; publishing writes program.updated",
    "/b/<slug>/programs/<uuid:program_id>/rules": "keeps unfinished typing; finishing writes program.updated",
    "/b/<slug>/programs/<uuid:program_id>/type": "keeps unfinished typing; finishing writes program.updated",
    "/b/<slug>/programs/<uuid:program_id>/versions": "keeps an unpublished edit; publishing writes program.updated",
    "/b/<slug>/programs/bulk/<uuid:run_id>/retry": "does the same again as the run that is listed",
    "/b/<slug>/redemptions": "trade: the books tell it",
    "/b/<slug>/till/": "trade: the books tell it",
    "/draft/": "activates a draft by a mailed link; tests of the auth pages hold it to its record",
    "/b/<slug>/settings/webhooks/<uuid:endpoint_id>/deliveries": "sends again what was sent",
    "/b/<slug>/settings/webhooks/<uuid:endpoint_id>/replay": "sends again what was sent",
    "/b/<slug>/settings/webhooks/<uuid:endpoint_id>/test": "sends a try-out",
    "/login": "signs in",
    "/logout": "signs out",
    "/m/": "a member's own doing",
    "/password": "a person's own way back in",
    "/signup": "founds a business, which writes business.created",
}
"""Beginnings of addresses under which nothing is configured, and why."""

Body = dict[str, Any]
_WHERE = "http://127.0.0.1:9/"


@dataclass(frozen=True, slots=True)
class Step:
    """What goes into the address, and what is sent: a form to a page, JSON to the API, or a file with its words."""

    ids: dict[str, UUID | str]
    body: Body


class World:
    """A café in which whatever a request needs can be made."""

    def __init__(self, shop: Shop) -> None:
        self.shop = shop
        self.actor = owner_of(shop)

    def draft(self, **fields: Any) -> Body:
        """A program that nobody sees."""
        return {"program_id": punch_card(self.shop, name="Coffee card", **fields)}

    def moved(self, *actions: Action, **fields: Any) -> Body:
        """A program that has gone this way."""
        made = self.draft(**fields)
        for action in actions:
            with unit_of_work(self.shop.id):
                move_program(made["program_id"], action, actor=self.actor)
        return made

    def active(self) -> Body:
        """A program that is live."""
        return self.moved(Action.ACTIVATE)

    def scheduled(self) -> Body:
        """A program that begins tomorrow."""
        return self.moved(Action.ACTIVATE, startsAt=(clock.now() + timedelta(days=1)).isoformat())

    def run(self) -> Body:
        """A bulk run that has not begun."""
        ids = [UUID(str(self.active()["program_id"]))]
        return {"run_id": self._in_business(lambda: start_run("pause", ids, actor=self.actor))}

    def location(self) -> Body:
        """A place."""
        return {"location_id": self._in_business(lambda: create_location({"name": "Main"}, self.actor))}

    def person(self) -> Body:
        """Somebody at the till."""
        made = self._in_business(lambda: add_staff("Ben", address("ben"), "staff", PASSWORD, None, self.actor))
        return {"staff_id": made}

    def invitation(self) -> Body:
        """An open invitation."""
        made = self._in_business(lambda: invite_staff(address("mia"), "Mia", "staff", self.actor))
        return {"invitation_id": made}

    def key(self) -> Body:
        """An API key."""
        return {"key_id": self._in_business(lambda: create_api_key("Shop", "staff", None, self.actor))[0]}

    def reward(self) -> Body:
        """A reward of the catalogue."""
        return {"reward_id": free_coffee(self.shop)}

    def suggestion(self) -> Body:
        """A reward of the platform."""
        return {"reward_id": self._in_business(platform_rewards)[0]["id"]}

    def endpoint(self) -> Body:
        """A webhook."""
        sender = WebhookSender(allows_private=True)
        made = self._in_business(
            lambda: add_endpoint(sender, url=_WHERE, description="", event_types=[], actor=self.actor)
        )
        return {"endpoint_id": made[0]}

    def till(self) -> Body:
        """A paired device."""
        code = self._in_business(lambda: make_pairing_code("Counter", None, actor=self.actor))
        self._in_business(lambda: pair_device(code))
        return {"device_id": self._in_business(tills)[0]["id"]}

    def logo(self) -> Body:
        """A logo."""
        self._in_business(lambda: change_logo(picture(), self.actor))
        return {}

    def own_field(self) -> Body:
        """A field of the business's own."""
        return {"key": self._in_business(lambda: add_own_field("Shoe size", "text", [], actor=self.actor))}

    def _in_business(self, make: Callable[[], Any]) -> Any:
        with unit_of_work(self.shop.id):
            return make()


def picture() -> bytes:
    """A small picture."""
    file = io.BytesIO()
    Image.new("RGB", (60, 40), "red").save(file, "PNG")
    return file.getvalue()


_API = "/api/v1"
_PROGRAMS = f"{_API}/loyalty/programs"
_ONE = f"{_PROGRAMS}/<uuid:program_id>"
_PAGES = "/b/<slug>"
_PROGRAM_PAGE = f"{_PAGES}/programs/<uuid:program_id>"
_TEAM = f"{_PAGES}/settings/team"
_PLACES = f"{_PAGES}/settings/locations"
_HOOKS = f"{_PAGES}/settings/webhooks"
_CARD = {"name": "Card", "ruleType": "PUNCH_CARD", "ruleConfig": dict(PUNCH_CONFIG)}
_REWARD = {"name": "Cake", "rewardType": "free_product", "pointsCost": 10}
_REWARD_FORM = {"name": "Cake", "reward_type": "free_product", "points_cost": "10", "active": "on", "scope": "any"}
_REWARD_FORM |= {"code_kind": "generated", "delivery_methods": "in_store"}
_BUSINESS = {"name": "Another", "industry": "coffee", "timezone": "Europe/Kyiv", "currency": "UAH"}


def step(world: World, route: str) -> Step | None:
    """Return a good request for an address; None where nobody has said what one is."""
    made = _STEPS.get(route)
    if made is None:
        return None
    ids, body = made(world)
    return Step({"slug": world.shop.slug, "template_id": "coffee-punch-card", "starter_key": "coffee", **ids}, body)


_STEPS: dict[str, Callable[[World], tuple[Body, Body]]] = {
    f"PATCH {_API}/business": lambda world: ({}, {"name": "Another name"}),
    f"POST {_API}/locations": lambda world: ({}, {"name": "Main"}),
    f"PATCH {_API}/locations/<uuid:location_id>": lambda world: (world.location(), {"name": "Two"}),
    f"DELETE {_API}/locations/<uuid:location_id>": lambda world: (world.location(), {}),
    f"POST {_API}/staff": lambda world: ({}, {"name": "Ben", "email": address("ben"), "role": "staff"}),
    f"PATCH {_API}/staff/<uuid:staff_id>": lambda world: (world.person(), {"role": "manager"}),
    f"DELETE {_API}/staff/<uuid:staff_id>": lambda world: (world.person(), {}),
    f"POST {_API}/api-keys": lambda world: ({}, {"name": "Shop", "role": "staff"}),
    f"DELETE {_API}/api-keys/<uuid:key_id>": lambda world: (world.key(), {}),
    f"POST {_PROGRAMS}": lambda world: ({}, dict(_CARD)),
    f"PUT {_ONE}": lambda world: (world.draft(), {"name": "Another"}),
    f"DELETE {_ONE}": lambda world: (world.draft(), {}),
    f"POST {_ONE}/activate": lambda world: (world.draft(), {}),
    f"POST {_ONE}/unschedule": lambda world: (world.scheduled(), {}),
    f"POST {_ONE}/pause": lambda world: (world.active(), {}),
    f"POST {_ONE}/resume": lambda world: (world.moved(Action.ACTIVATE, Action.PAUSE), {}),
    f"POST {_ONE}/end": lambda world: (world.active(), {}),
    f"POST {_ONE}/restore": lambda world: (world.moved(Action.DELETE), {}),
    f"POST {_ONE}/duplicate": lambda world: (world.draft(), {}),
    f"POST {_PROGRAMS}/bulk": lambda world: ({}, {"action": "activate", "ids": [str(world.draft()["program_id"])]}),
    f"POST {_API}/rewards": lambda world: ({}, dict(_REWARD)),
    f"PUT {_API}/rewards/<uuid:reward_id>": lambda world: (world.reward(), {"name": "Tea"}),
    f"PUT {_API}/rewards/<uuid:reward_id>/image": lambda world: (world.reward(), {"file": picture(), "alt": "A cake"}),
    f"DELETE {_API}/rewards/<uuid:reward_id>": lambda world: (world.reward(), {}),
    f"POST {_API}/webhook-endpoints": lambda world: ({}, {"url": "https://93.184.216.34/hook"}),
    f"PATCH {_API}/webhook-endpoints/<uuid:endpoint_id>": lambda world: (world.endpoint(), {"description": "Till"}),
    f"DELETE {_API}/webhook-endpoints/<uuid:endpoint_id>": lambda world: (world.endpoint(), {}),
    f"POST {_API}/webhook-endpoints/<uuid:endpoint_id>/rotate-secret": lambda world: (world.endpoint(), {}),
    f"POST {_PAGES}/account/password": lambda world: ({}, {"current": PASSWORD, "password": "a goat on a hill"}),
    f"POST {_PAGES}/settings": lambda world: ({}, dict(_BUSINESS)),
    f"POST {_PAGES}/settings/brand": lambda world: ({}, {"brand_color": "#0ea5e9"}),
    f"POST {_PAGES}/settings/brand/logo": lambda world: ({}, {"picture": (io.BytesIO(picture()), "logo.png")}),
    f"POST {_PAGES}/settings/brand/logo/remove": lambda world: (world.logo(), {}),
    f"POST {_PLACES}/new": lambda world: ({}, {"name": "Main"}),
    f"POST {_PLACES}/<uuid:location_id>": lambda world: (world.location(), {"name": "Two"}),
    f"POST {_PLACES}/<uuid:location_id>/close": lambda world: (world.location(), {}),
    f"POST {_TEAM}/invite": lambda world: ({}, {"email": address("mia"), "name": "Mia", "role": "staff"}),
    f"POST {_TEAM}/<uuid:staff_id>": lambda world: (world.person(), {"name": "Ben", "role": "manager"}),
    f"POST {_TEAM}/<uuid:staff_id>/remove": lambda world: (world.person(), {}),
    f"POST {_TEAM}/invitations/<uuid:invitation_id>/resend": lambda world: (world.invitation(), {}),
    f"POST {_TEAM}/invitations/<uuid:invitation_id>/revoke": lambda world: (world.invitation(), {}),
    f"POST {_PAGES}/settings/api-keys/new": lambda world: ({}, {"name": "Shop", "role": "staff", "scope": "all"}),
    f"POST {_PAGES}/settings/api-keys/<uuid:key_id>/revoke": lambda world: (world.key(), {}),
    f"POST {_HOOKS}/new": lambda world: ({}, {"url": "https://93.184.216.34/hook"}),
    f"POST {_HOOKS}/<uuid:endpoint_id>/edit": lambda world: (world.endpoint(), {"url": "https://93.184.216.34/till"}),
    f"POST {_HOOKS}/<uuid:endpoint_id>/rotate": lambda world: (world.endpoint(), {}),
    f"POST {_HOOKS}/<uuid:endpoint_id>/switch": lambda world: (world.endpoint(), {"to": "off"}),
    f"POST {_HOOKS}/<uuid:endpoint_id>/remove": lambda world: (world.endpoint(), {}),
    f"POST {_PAGES}/tills/codes": lambda world: ({}, {"name": "Counter"}),
    f"POST {_PAGES}/tills/<uuid:device_id>": lambda world: (world.till(), {"name": "Bar"}),
    f"POST {_PAGES}/tills/<uuid:device_id>/revoke": lambda world: (world.till(), {}),
    f"POST {_PAGES}/tills/settings": lambda world: ({}, {"auto_lock": "15min", "offline_rewards": "1"}),
    f"POST {_PAGES}/members/fields": lambda world: ({}, {"label": "Dog", "kind": "text"}),
    f"POST {_PAGES}/members/fields/<key>/remove": lambda world: (world.own_field(), {}),
    f"POST {_PAGES}/programs/new": lambda world: ({}, {"ruleType": "PUNCH_CARD"}),
    f"POST {_PAGES}/programs/templates/<template_id>": lambda world: ({}, {}),
    f"POST {_PAGES}/programs/bulk": lambda world: (
        {},
        {"action": "activate", "ids": [str(world.draft()["program_id"])]},
    ),
    f"POST {_PAGES}/programs/bulk/<uuid:run_id>/continue": lambda world: (world.run(), {}),
    f"POST {_PROGRAM_PAGE}/activate": lambda world: (world.draft(), {}),
    f"POST {_PROGRAM_PAGE}/review": lambda world: (world.draft(), {"do": "activate"}),
    f"POST {_PROGRAM_PAGE}/unschedule": lambda world: (world.scheduled(), {}),
    f"POST {_PROGRAM_PAGE}/pause": lambda world: (world.active(), {}),
    f"POST {_PROGRAM_PAGE}/resume": lambda world: (world.moved(Action.ACTIVATE, Action.PAUSE), {}),
    f"POST {_PROGRAM_PAGE}/end": lambda world: (world.active(), {"confirm_name": "Coffee card"}),
    f"POST {_PROGRAM_PAGE}/delete": lambda world: (world.draft(), {"delete_name": "Coffee card"}),
    f"POST {_PROGRAM_PAGE}/restore": lambda world: (world.moved(Action.DELETE), {}),
    f"POST {_PROGRAM_PAGE}/duplicate": lambda world: (world.draft(), {}),
    f"POST {_PROGRAM_PAGE}/redeem-until": lambda world: (world.moved(Action.ACTIVATE, Action.END), _last_day()),
    f"POST {_PAGES}/rewards/new": lambda world: ({}, dict(_REWARD_FORM)),
    f"POST {_PAGES}/rewards/<uuid:reward_id>/edit": lambda world: (world.reward(), dict(_REWARD_FORM)),
    f"POST {_PAGES}/rewards/<uuid:reward_id>/switch": lambda world: (world.reward(), {"to": "off"}),
    f"POST {_PAGES}/rewards/<uuid:reward_id>/copy": lambda world: (world.suggestion(), {}),
    f"POST {_PAGES}/rewards/<uuid:reward_id>/hide": lambda world: (world.suggestion(), {"to": "hidden"}),
    f"POST {_PAGES}/rewards/<uuid:reward_id>/delete": lambda world: (world.reward(), {}),
    f"POST {_PAGES}/rewards/start/<starter_key>": lambda world: ({}, {}),
    f"POST {_PAGES}/tiers/<uuid:program_id>/publish": lambda world: (
        {"program_id": live_tiers(world.shop)},
        {"value-0": "60", "version": "2"},
    ),
    f"POST {_PAGES}/welcome": lambda world: ({}, {"industry": "bakery"}),
    f"POST {_PAGES}/welcome/<uuid:program_id>/activate": lambda world: (world.draft(), {}),
    f"POST {_PAGES}/welcome/dismiss": lambda world: ({}, {}),
}


def _last_day() -> Body:
    return {"redeem_until": f"{clock.now() + timedelta(days=200):%Y-%m-%d}"}
