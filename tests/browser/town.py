"""A café where everything has happened at least once, and the addresses of all its pages."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import timedelta
from typing import Any
from uuid import UUID

from flask import Flask
from sqlalchemy import select

from app.core import clock
from app.core.account_links import AccountLink, Purpose, account_token
from app.core.card_links import card_token
from app.core.invitation_links import InvitationLink, invitation_token
from app.core.sign_in_codes import code_of, link_of
from app.core.unit_of_work import platform_session, session, unit_of_work
from app.core.unsubscribe_links import unsubscribe_token
from app.domain.lifecycle import Action
from app.domain.member_ref import MemberRef
from app.models.device import Device
from app.models.sign_in_challenge import SignInChallenge
from app.models.user import UserAccount
from app.models.voucher import Voucher
from app.queries.posters import KINDS
from app.queries.redemptions import redemption
from app.services import portal_sign_in
from app.services.dead_letter_box import bury
from app.services.devices import make_pairing_code, pair_device
from app.services.invitations import invite_staff
from app.services.join_links import join_code
from app.services.portal_profile import ask_contact_change
from app.services.program_lifecycle import move_program
from app.services.snapshots import write_snapshots
from app.services.voucher_use import redeem_voucher
from tests.architecture.samples import CANARY, sample_ids
from tests.factories.businesses import Shop, found_shop
from tests.factories.programs import owner_of, punch_card
from tests.factories.trade import join, live_points, live_punch_card, live_tiers, sell

_QUERIES = {"brand.css": "?colour=7f3b1c", "tiers_publish.publish": "?value-0=10&value-1=20"}

NO_PAGE = {
    "dev_mail.show": "a mail that somebody has been sent: tests/web/test_dev_mail.py",
    "operations.file": "a file, which is there once the work has made it",
    "pictures.show": "a picture that somebody has uploaded",
    "till_offline.people": "data that only a paired till is given",
    "till_offline.queue": "a page of a paired till alone: tests/browser/test_till looks at it there",
    "till_offline.shell": "the same page, without a connection: tests/browser/test_till_offline",
}
"""Addresses that are left out, and why."""

NOT_PAGES = ("/api/v1/", "/static/")
PART = re.compile(r"<(?:\w+:)?(?P<name>\w+)>")

Parts = Mapping[str, UUID | str]


@dataclass(frozen=True)
class Town:
    """The café, what stands for each part of an address, a member's and a till's cookie, and a shop without a past.

    ``own_parts`` are for one endpoint alone, where a name means different things in different addresses.
    """

    shop: Shop
    parts: Parts
    own_parts: Mapping[str, Parts]
    queries: Mapping[str, str]
    cookies: Mapping[str, str]
    empty: Shop

    def pages(self, app: Flask) -> dict[str, str]:
        """Return the address of every page of the URL map, by its endpoint.

        A part for which there is nothing stays as it is, so that nobody takes its page for visited.
        """
        return {endpoint: self._filled(endpoint, rule) for endpoint, rule in page_rules(app).items()}

    def _filled(self, endpoint: str, rule: str) -> str:
        parts = {**self.parts, **self.own_parts.get(endpoint, {})}
        return PART.sub(lambda part: str(parts.get(part["name"], part[0])), rule) + self.queries.get(endpoint, "")


def page_rules(app: Flask) -> dict[str, str]:
    """Return every rule with GET, but for the answers of the API and the files beside the pages, by its endpoint."""
    rules = [rule for rule in app.url_map.iter_rules() if "GET" in (rule.methods or set())]
    return {rule.endpoint: rule.rule for rule in rules if not rule.rule.startswith(NOT_PAGES)}


def settled_town(shop: Shop, word: str = CANARY) -> Town:
    """Let everything happen in the café: a program of each status, tiers, rewards, vouchers, a failure.

    What has no name of its own is called by the word.
    """
    parts = dict(sample_ids(shop, word))
    draft = parts["program_id"]
    since = (clock.now() - timedelta(days=60)).isoformat()
    live = live_punch_card(shop, name="Everyday card", startsAt=since)
    live_points(shop, name="Everyday points", startsAt=since)
    tiers = live_tiers(shop, startsAt=since)
    for action in (Action.PAUSE, Action.END):
        _moved(shop, live_punch_card(shop, name=f"Card to {action.value}"), action)
    punch_card(shop, name="Card of tomorrow", startsAt=(clock.now() + timedelta(days=1)).isoformat())
    dana = join(shop, "Dana Marsh", phone="+380671234599", email="dana@example.com")
    for visit in range(7):
        last = sell(shop, dana, "42.50", source="till", occurredAt=clock.now() - timedelta(days=visit * 4 + 1))
    with unit_of_work(shop.id):
        bury("purchase", last, "KeyError('zone')", 5)
        write_snapshots()
        ready, used = session().execute(select(Voucher.id, Voucher.code).where(Voucher.member_id == dana)).all()[:2]
        redeem_voucher(used.code, None, owner_of(shop))
        device_secret = pair_device(make_pairing_code("Counter tablet", None, actor=owner_of(shop)))
        device_id = session().scalars(select(Device.id).where(Device.business_id == shop.id)).one()
        join_code_of_all = join_code()
        buyer = redemption(UUID(str(parts["redemption_id"])))["memberId"]
    assert device_secret is not None
    parts |= {"member_id": dana, "purchase_id": last, "program_id": live}
    parts |= {"voucher_id": ready.id, "device_id": device_id, "kind": KINDS[0], "form": "pdf"}
    own: dict[str, Parts] = {
        **_mailed_links(shop, UUID(str(draft))),
        **_portal(shop, dana),
        "tiers_publish.as_csv": {"program_id": tiers},
        "tiers_publish.publish": {"program_id": tiers},
        **{f"wizard.{step}": {"program_id": draft} for step in ("retype", "rules", "details", "review")},
        "wizard.live": {"program_id": live},
        "onboarding.ready": {"program_id": draft},
        "portal_app.icon": {"size": "192"},
        "till_install.icon": {"size": "192"},
        "till_redeem.voucher": {"code": ready.code},
        "till_redeem.given": {"voucher_id": used.id},
        "till_redeem.bought": {"member_id": buyer},
        "join_links.join": {"code": join_code_of_all},
        "join_links.join_typed": {"code": join_code_of_all.lower()},
    }
    cookies = {"member": _cookie(shop, dana), "till-device": device_secret}
    return Town(shop, parts, own, _QUERIES, cookies, found_shop("Nothing Yet", "Nora"))


def _mailed_links(shop: Shop, draft: UUID) -> dict[str, Parts]:
    """The tokens of links in mails to the owner, and to somebody who is invited."""
    until = clock.now() + timedelta(hours=1)
    with platform_session():
        password_hash = session().get_one(UserAccount, shop.owner.user_id).password_hash
    reset = AccountLink(Purpose.RESET, shop.owner.user_id, until)
    waiting = AccountLink(Purpose.DRAFT, shop.owner.user_id, until, shop.id, draft)
    with unit_of_work(shop.id):
        invited = invite_staff("iris@example.com", "Iris", "staff", owner_of(shop))
    return {
        "auth.new_password": {"token": account_token(reset, password_hash)},
        "auth.draft": {"token": account_token(waiting, password_hash)},
        "invitations.show": {"token": invitation_token(shop.id, InvitationLink(invited, 1))},
    }


def _portal(shop: Shop, member_id: UUID) -> dict[str, Parts]:
    """What a member is mailed: a card, a code, a link, and the proof of a new address."""
    with unit_of_work(shop.id):
        asked = portal_sign_in.challenge("dana@example.com")
        change = ask_contact_change(member_id, MemberRef(email="dana.new@example.com"))
    entered: dict[str, Any] = {"challenge_id": asked, "link": link_of(_nonce(shop, asked))}
    return {
        "portal.card": {"token": card_token(shop.id, member_id, clock.now())},
        "portal_mails.stop": {"token": unsubscribe_token(shop.id, member_id)},
        "portal_mails.stop_topic": {"token": unsubscribe_token(shop.id, member_id), "about": "points"},
        "portal_entry.enter": entered,
        "portal_entry.enter_by_link": entered,
        "portal_confirm.confirm": {"challenge_id": change},
    }


def _moved(shop: Shop, program_id: UUID, action: Action) -> None:
    with unit_of_work(shop.id):
        move_program(program_id, action, actor=owner_of(shop))


def _cookie(shop: Shop, member_id: UUID) -> str:
    """Sign a member in by a code, as the portal does; returns the session's token."""
    with unit_of_work(shop.id):
        asked = portal_sign_in.challenge("dana@example.com", member_id=member_id)
    code = code_of(_nonce(shop, asked))
    with unit_of_work(shop.id):
        secret = portal_sign_in.open_session(asked, code, "tests")
    assert secret is not None
    return secret


def _nonce(shop: Shop, challenge_id: UUID) -> bytes:
    with unit_of_work(shop.id):
        return session().scalars(select(SignInChallenge.nonce).where(SignInChallenge.id == challenge_id)).one()
