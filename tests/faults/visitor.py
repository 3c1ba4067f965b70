"""Somebody at the pages of a running product, without a browser: keeps cookies, fills in forms, follows nothing."""

from __future__ import annotations

import http.cookiejar
import re
import urllib.error
import urllib.parse
import urllib.request
from email.message import Message
from typing import IO

from flask import Flask

from app.core.unit_of_work import unit_of_work
from app.services.devices import make_pairing_code
from tests.factories.businesses import Shop, hire
from tests.factories.people import Person
from tests.factories.portal import mailed_code
from tests.factories.programs import owner_of
from tests.web.tills import staff_id

PIN = "604182"
SECONDS = 30.0


class _Stay(urllib.request.HTTPRedirectHandler):
    """Leaves a redirect to who asked: where it leads says whether something was done."""

    def redirect_request(
        self, req: urllib.request.Request, fp: IO[bytes], code: int, msg: str, headers: Message, newurl: str
    ) -> None:
        return None


class Visitor:
    """One visit to the product at an address."""

    def __init__(self, url: str) -> None:
        self.url = url
        jar = urllib.request.HTTPCookieProcessor(http.cookiejar.CookieJar())
        self._opener = urllib.request.build_opener(urllib.request.ProxyHandler({}), jar, _Stay())
        self._token = ""

    def read(self, path: str) -> str:
        """GET a page; the token of its forms is kept for `submit`."""
        status, _, page = self._ask(path, None)
        assert status == 200, (path, status)
        found = re.search(r'name="csrf_token" value="([^"]+)"', page)
        self._token = found[1] if found else self._token
        return page

    def submit(self, path: str, **fields: str) -> tuple[int, str, str]:
        """POST a form; returns the status, where it leads, and the page."""
        return self._ask(path, urllib.parse.urlencode({"csrf_token": self._token, **fields}).encode())

    def _ask(self, path: str, body: bytes | None) -> tuple[int, str, str]:
        request = urllib.request.Request(f"{self.url}{path}", body)
        try:
            with self._opener.open(request, timeout=SECONDS) as answer:
                return answer.status, "", answer.read().decode()
        except urllib.error.HTTPError as error:
            with error:
                return error.code, error.headers.get("Location", ""), error.read().decode()


def at_the_till(shop: Shop, url: str) -> Visitor:
    """Ben at a till that was paired just now."""
    ben: Person = hire(shop, "Ben", "staff", PIN)
    with unit_of_work(shop.id):
        code = make_pairing_code("Counter iPad", None, actor=owner_of(shop))
    visitor, till = Visitor(url), f"/b/{shop.slug}/till"
    visitor.read(f"{till}/pair")
    assert visitor.submit(f"{till}/pair", code=code)[0] == 303
    visitor.read(f"{till}/lock")
    assert visitor.submit(f"{till}/unlock", staff_id=str(staff_id(shop, ben)), pin=PIN)[0] == 303
    visitor.read(f"{till}/")
    return visitor


def at_her_card(app: Flask, shop: Shop, url: str, address: str) -> Visitor:
    """The member with this address, signed in to the portal by a mailed code."""
    visitor = Visitor(url)
    visitor.read(f"/m/{shop.slug}/sign-in")
    status, place, _ = visitor.submit(f"/m/{shop.slug}/sign-in", contact=address)
    assert status == 303, status
    visitor.read(place)
    assert visitor.submit(place, code=mailed_code(app, shop, address))[0] == 303
    visitor.read(f"/m/{shop.slug}/profile")
    return visitor
