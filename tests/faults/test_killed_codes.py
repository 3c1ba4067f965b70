"""The worker that mails sign-in codes is killed between sending and noting it down: the same code comes again."""

from __future__ import annotations

import http.cookiejar
import re
import urllib.parse
import urllib.request

from app.embedded.processes import wait_until
from tests.factories.portal import CODE
from tests.faults.conftest import Start
from tests.faults.counter import Counter
from tests.support.product import Product, kill

SENT = "sign_in.sent"
NAMES = ("web", "worker_outside", "scheduler")


def test_a_code_whose_worker_was_killed_is_sent_again_as_the_same_mail(counter: Counter, start: Start) -> None:
    product = start(*NAMES)
    product.hold(SENT)
    browser = urllib.request.build_opener(urllib.request.HTTPCookieProcessor(http.cookiejar.CookieJar()))
    page = _asked(browser, f"{product.url}/m/{counter.shop.slug}/sign-in", contact="cleo.0@example.com")
    kill(product.held_at(SENT))
    first = _code(product)
    product.release(SENT)

    def is_sent() -> bool:
        counter.ask("UPDATE sign_in_challenge SET lease_until = lease_until - interval '1 minute'")
        counter.ask("UPDATE due SET due_at = due_at - interval '1 minute'")
        return counter.ask("SELECT state, attempts FROM sign_in_challenge") == [("sent", 2)]

    assert wait_until(is_sent, 40, pause=3), counter.ask("SELECT state, attempts, error FROM sign_in_challenge")
    assert (len(product.mails), _code(product)) == (1, first), "one mail, the same code"
    assert _asked(browser, page, code=first) == f"{product.url}/m/{counter.shop.slug}/"


def _asked(browser: urllib.request.OpenerDirector, url: str, **fields: str) -> str:
    """Fill in the form at an address as a browser does; returns where it leads."""
    form = browser.open(url).read().decode()
    token = re.search(r'name="csrf_token" value="([^"]+)"', form)
    assert token is not None
    body = urllib.parse.urlencode({"csrf_token": token[1], **fields}).encode()
    return str(browser.open(url, body).url)


def _code(product: Product) -> str:
    [mail] = product.mails
    found = CODE.search(mail.read_text(encoding="utf-8"))
    assert found is not None
    return found[1] + found[2]
