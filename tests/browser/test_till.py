"""Ben works the till on a phone and on a tablet: by taps, by keys, at once, and put right when it was wrong."""

from __future__ import annotations

import json
from collections.abc import Iterator

import pytest
from playwright.sync_api import Browser, Page, expect

from tests.browser.conftest import Street
from tests.browser.tills import AXE, BEN_PIN, MAX_PIN, PHONE, TABLET, api, base_of, give_pin, paired, unlock

DRESS = "theme => { document.documentElement.dataset.bsTheme = theme; }"
FIND_FAULTS = """async () => {
  const found = await axe.run(document, {
    resultTypes: ["violations"],
    rules: { "color-contrast-enhanced": { enabled: true } },
  });
  return found.violations.map((one) => `${one.id}: ${one.nodes.map((node) => node.target.join(" ")).join("; ")}`);
}"""
SMALL_TARGETS = """() => [...document.querySelectorAll(
    ".r-till .r-btn, .r-till-btn, .r-pad button, .r-people a, .r-count span")]
  .filter((one) => one.offsetParent && one.getBoundingClientRect().height < 55.5)
  .map((one) => `${one.className} ${one.textContent.trim().slice(0, 20)} ${one.getBoundingClientRect().height}`)"""
COUNT_TAPS = """
addEventListener("pointerdown", () => { sessionStorage.taps = Number(sessionStorage.taps ?? 0) + 1; }, true);
"""


@pytest.fixture(scope="module", autouse=True)
def pins(street: Street) -> None:
    """Ben and the owner have PINs."""
    give_pin(street, "Ben", BEN_PIN)
    owner = next(person for person in api(street, "GET", "/staff")["data"] if person["role"] == "owner")
    api(street, "PATCH", f"/staff/{owner['id']}", {"name": "Alma", "pin": MAX_PIN})


@pytest.fixture
def phone(window: Browser, street: Street) -> Iterator[Page]:
    """A paired phone, with Ben at it."""
    device = paired(window, street, name="Phone", viewport=PHONE, has_touch=True)
    page = device.new_page()
    unlock(page, street)
    yield page
    device.close()


@pytest.fixture
def tablet(window: Browser, street: Street) -> Iterator[Page]:
    """A paired tablet, with Ben at it."""
    device = paired(window, street, name="Tablet", viewport=TABLET)
    page = device.new_page()
    unlock(page, street)
    yield page
    device.close()


def member(street: Street, name: str) -> dict[str, str]:
    """Make a member."""
    found: dict[str, str] = api(street, "POST", "/members", {"name": name})
    return found


def test_from_the_scan_to_done_it_is_one_tap_for_a_punch_and_at_most_three_for_anything(
    phone: Page, street: Street
) -> None:
    nia = member(street, "Nia Osei")
    phone.context.add_init_script(COUNT_TAPS)
    _scan(phone, nia["code"])
    phone.evaluate("sessionStorage.taps = 0")
    phone.locator("#punch-form .r-till-btn").tap()
    phone.locator(".r-done").wait_for()
    expect(phone.get_by_role("heading", name="Nia: 1 of 3")).to_be_visible()
    assert phone.evaluate("sessionStorage.taps") == "1"
    for _ in range(2):
        _sell(phone, street, nia)
    _scan(phone, nia["code"])
    phone.evaluate("sessionStorage.taps = 0")
    phone.get_by_role("link", name="Redeem").tap()
    phone.get_by_role("button", name="Given").tap()
    phone.locator(".r-done", has_text="Given").wait_for()
    assert phone.evaluate("sessionStorage.taps") == "2"


def test_by_keys_alone_ben_opens_the_till_sells_takes_back_and_locks(window: Browser, street: Street) -> None:
    ora = member(street, "Ora Lind")
    device = paired(window, street, name="Keys", viewport=TABLET)
    page = device.new_page()
    page.goto(f"{base_of(street)}lock")
    _tab_to(page, "Ben")
    page.keyboard.press("Enter")
    expect(page.locator("#pin")).to_be_focused()
    page.keyboard.type(BEN_PIN)
    page.wait_for_url("**/till/")
    page.keyboard.type(ora["code"])
    page.keyboard.press("Enter")
    page.wait_for_url("**/till/members/*")
    _tab_to(page, "Purchase")
    page.keyboard.press("Enter")
    page.wait_for_url("**/purchase")
    expect(page.locator("#amount")).to_be_focused()
    page.keyboard.type("42,50")
    page.keyboard.press("Enter")
    page.locator(".r-done").wait_for()
    expect(page.get_by_text("+85 points")).to_be_visible()
    _tab_to(page, "Undo")
    page.keyboard.press("Enter")
    page.get_by_role("heading", name="The purchase is taken back").wait_for()
    _tab_to(page, "Lock")
    page.keyboard.press("Enter")
    page.wait_for_url("**/till/lock")
    device.close()


def test_a_second_punch_within_a_minute_is_asked_about(tablet: Page, street: Street) -> None:
    pia = member(street, "Pia Stern")
    _open(tablet, street, pia)
    tablet.locator("#punch-form .r-till-btn").click()
    tablet.locator(".r-done").wait_for()
    _open(tablet, street, pia)
    tablet.locator("#punch-form .r-till-btn").click()
    tablet.get_by_text("Punch again?").wait_for()
    assert _bought(street, pia) == 1
    tablet.get_by_role("button", name="Punch again").click()
    tablet.get_by_role("heading", name="Pia: 2 of 3").wait_for()
    assert _bought(street, pia) == 2


def test_the_wrong_customer_is_put_right_at_once_and_an_old_one_with_a_manager_s_pin(
    tablet: Page, street: Street
) -> None:
    quin, rosa = member(street, "Quin Abara"), member(street, "Rosa Vela")
    _sell(tablet, street, quin)
    tablet.get_by_role("link", name="Wrong customer?").click()
    tablet.locator("#q").fill("Rosa")
    tablet.locator("#q").press("Enter")
    tablet.get_by_role("button", name="Rosa Vela").click()
    tablet.locator(".r-done").wait_for()
    expect(tablet.get_by_text("Moved to Rosa Vela.")).to_be_visible()
    assert (_bought(street, quin), _bought(street, rosa)) == (0, 1)
    tablet.get_by_role("heading", level=1).click()  # who touches it stays on this page
    tablet.wait_for_timeout(15_500)
    tablet.get_by_role("link", name="History").click()
    tablet.get_by_role("link", name="Undo: Rosa Vela").first.click()
    tablet.get_by_label("A manager agrees").select_option(label="Alma")
    tablet.get_by_label("Their PIN").fill("111112")
    tablet.get_by_role("button", name="Take it back").click()
    tablet.get_by_text("That PIN is not right. 4 tries left.").first.wait_for()
    tablet.get_by_label("A manager agrees").select_option(label="Alma")
    tablet.get_by_label("Their PIN").fill(MAX_PIN)
    tablet.get_by_role("button", name="Take it back").click()
    tablet.get_by_role("heading", name="The punch is taken back").wait_for()


def test_a_new_customer_is_added_where_nobody_was_found(phone: Page, street: Street) -> None:
    phone.locator("#find").fill("067 555 12 34")
    phone.get_by_role("link", name="Add them").tap()
    phone.get_by_role("button", name="Add and open the card").tap()
    phone.get_by_text("Ask the customer, and tick it").first.wait_for()
    phone.get_by_label("Name").fill("Sami Holm")
    phone.get_by_label("The customer agrees").check()
    phone.get_by_role("button", name="Add and open the card").tap()
    phone.get_by_role("heading", name="Sami Holm").wait_for()


@pytest.mark.parametrize("theme", ["light", "dark"])
def test_every_page_of_the_till_can_be_read_and_hit_by_everybody(
    phone: Page, tablet: Page, street: Street, theme: str
) -> None:
    paths = [
        "",
        "?q=Cl",
        f"members/{street.cleo}",
        f"members/{street.cleo}/purchase",
        f"members/{street.cleo}/redeem",
        "members/new",
        "history",
        "history?all=1",
        "queue",
        "purchases",
        "practice",
        "practice/purchase",
        "practice/redeem",
        "practice/undone",
        "lock",
    ]
    faults: dict[str, list[str]] = {}
    for page in (phone, tablet):
        for path in paths:
            page.goto(f"{base_of(street)}{path}")
            page.locator("h1:visible").first.wait_for()  # the queue's page asks the device first
            page.evaluate(AXE)
            page.evaluate(DRESS, theme)
            found = [*page.evaluate(FIND_FAULTS), *page.evaluate(SMALL_TARGETS)]
            width = page.viewport_size["width"] if page.viewport_size else 0
            page.set_viewport_size({"width": width // 2 if width > 600 else 320, "height": 700})  # 200 % zoom
            if page.evaluate("document.documentElement.scrollWidth > innerWidth"):
                found.append("wider than the screen")
            page.set_viewport_size({"width": width, "height": 800})
            if found:
                faults[f"{width} {path}"] = found
    assert faults == {}, json.dumps(faults, indent=1)


def test_the_buttons_move_to_the_left_hand(tablet: Page, street: Street) -> None:
    tablet.get_by_role("button", name="Left-handed").click()
    _open(tablet, street, {"id": str(street.cleo)})
    box = tablet.locator("#punch-form .r-till-btn").bounding_box()
    assert box is not None
    assert box["x"] < 200


def _scan(page: Page, code: str) -> None:
    """Do what a hardware scanner does: type into the focused box and press Enter."""
    page.goto(page.url.partition("/till/")[0] + "/till/")
    page.keyboard.type(code)
    page.keyboard.press("Enter")
    page.wait_for_url("**/till/members/*")


def _open(page: Page, street: Street, who: dict[str, str]) -> None:
    page.goto(f"{base_of(street)}members/{who['id']}")


def _sell(page: Page, street: Street, who: dict[str, str]) -> None:
    """Punch, also when it is asked whether that was meant."""
    _open(page, street, who)
    page.locator("#punch-form .r-till-btn").click()
    page.locator(".r-done, [data-summary]").first.wait_for()
    if page.locator("[data-summary]").count():
        page.get_by_role("button", name="Punch again").click()
    page.locator(".r-done").wait_for()


def _bought(street: Street, who: dict[str, str]) -> int:
    """How many purchases a member has that count."""
    rows = api(street, "GET", f"/purchases?memberId={who['id']}")["data"]
    return sum(row["status"] == "completed" for row in rows)


def _tab_to(page: Page, name: str) -> None:
    """Press Tab until what has the focus says the name."""
    for _ in range(40):
        if name in (
            page.evaluate("document.activeElement === document.body ? '' : document.activeElement.textContent")
        ):
            return
        page.keyboard.press("Tab")
    raise AssertionError(f"{name} cannot be reached by Tab")
