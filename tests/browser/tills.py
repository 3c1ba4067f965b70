"""A paired till in a real browser: Alma pairs it on her page, Ben opens it by his PIN."""

from __future__ import annotations

import json
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any
from urllib.request import Request, urlopen

from playwright.sync_api import Browser, BrowserContext, Page

from tests.browser.conftest import Street

AXE = (Path(__file__).parent / "vendor/axe-core-4.14.1/axe.min.js").read_text()
BEN_PIN = "604182"
MAX_PIN = "917350"
PHONE = {"width": 390, "height": 844}
TABLET = {"width": 1024, "height": 768}
COUNT_PEOPLE = """() => new Promise((resolve) => {
  const { base } = JSON.parse(document.getElementById("till-facts").dataset.facts);
  const opening = indexedDB.open(`till:${base}`);
  opening.onsuccess = () => {
    const asked = opening.result.transaction("people").objectStore("people").count();
    asked.onsuccess = () => resolve(asked.result > 0);
  };
})"""


def api(street: Street, method: str, path: str, body: dict[str, Any] | None = None) -> Any:
    """Call the product's API as the owner."""
    headers = {"Authorization": f"Bearer {street.shop.owner.access_token}", "Content-Type": "application/json"}
    data = None if body is None else json.dumps(body).encode()
    with urlopen(Request(f"{street.origin}/api/v1{path}", data, headers, method=method)) as answer:
        return json.loads(answer.read() or b"null")


def base_of(street: Street, origin: str | None = None) -> str:
    """Return where the till's pages begin."""
    return f"{origin or street.origin}/b/{street.shop.slug}/till/"


def give_pin(street: Street, name: str, pin: str) -> None:
    """Let somebody open tills."""
    people = api(street, "GET", "/staff")["data"]
    found = next(person for person in people if person["name"] == name)
    api(street, "PATCH", f"/staff/{found['id']}", {"pin": pin})


def paired(
    window: Browser, street: Street, *, name: str = "Counter iPad", origin: str | None = None, **options: Any
) -> BrowserContext:
    """Return a browser of its own that is a paired till, locked."""
    office = window.new_page()
    street.sign_in(office, street.shop.owner)
    office.goto(f"{street.origin}/b/{street.shop.slug}/tills")
    office.get_by_label("Name of the till").fill(name)
    office.get_by_role("button", name="Make a pairing code").click()
    code = office.locator(".r-pairing__code").inner_text()
    office.close()
    device = window.new_context(reduced_motion="reduce", **options)
    page = device.new_page()
    page.goto(f"{base_of(street, origin)}pair")
    page.get_by_label("Pairing code").fill(code)
    page.get_by_role("button", name="Pair this device").click()
    page.wait_for_url("**/till/lock*")
    page.close()
    return device


def unlock(page: Page, street: Street, origin: str | None = None, name: str = "Ben", pin: str = BEN_PIN) -> None:
    """Choose a name and type the PIN: six digits need no button."""
    page.goto(f"{base_of(street, origin)}lock")
    if page.get_by_role("link", name=name).count():
        page.get_by_role("link", name=name).click()
    page.locator("#pin").fill(pin)
    page.wait_for_url("**/till/")


def ready_offline(page: Page) -> None:
    """Wait until the service worker and the list of customers are on the device."""
    page.evaluate("() => navigator.serviceWorker.ready.then(() => null)")
    page.wait_for_function("() => navigator.serviceWorker.controller !== null")
    know_people(page)


def know_people(page: Page) -> None:
    """Wait until the list of customers is on the device; a promise has to be asked for again and again."""
    for _ in range(300):
        if page.evaluate(COUNT_PEOPLE):
            return
        page.wait_for_timeout(100)
    raise AssertionError("the list of customers never came")


def offline_member(page: Page, street: Street, origin: str) -> None:
    """Open Cleo's page from what the device knows."""
    page.goto(f"{base_of(street, origin)}members/{street.cleo}")
    page.get_by_role("heading", name="Cleo Marsh").wait_for()


def bought(street: Street, who: str) -> int:
    """How many purchases a member has that count."""
    rows = api(street, "GET", f"/purchases?memberId={who}&limit=100")["data"]
    return sum(row["status"] == "completed" for row in rows)


@contextmanager
def offline_till(window: Browser, street: Street, origin: str) -> Iterator[Page]:
    """A till at a wire of its own, open, with everything on it that it needs without a connection."""
    device = paired(window, street, origin=origin, viewport=PHONE)
    page = device.new_page()
    unlock(page, street, origin)
    ready_offline(page)
    yield page
    device.close()
