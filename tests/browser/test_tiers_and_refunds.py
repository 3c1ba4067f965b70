"""Alma moves the rungs of her ladder, publishes it, and refunds: by mouse, by keyboard alone, and without scripts."""

from __future__ import annotations

import re
from collections.abc import Iterator
from uuid import UUID, uuid4

import pytest
from playwright.sync_api import Browser, Locator, Page, ViewportSize, expect

from app.embedded.processes import wait_until
from tests.browser.conftest import Street
from tests.browser.faults import faults, listen
from tests.browser.tills import MAX_PIN, api, base_of, give_pin, paired, unlock

PHONE: ViewportSize = {"width": 390, "height": 844}
DESKTOP: ViewportSize = {"width": 1280, "height": 900}
ALREADY = ((200, 1.1), (600, 1.25), (1500, 1.5))
MOST_TABS = 80
SETTLED_SECONDS = 40.0


@pytest.fixture(scope="module")
def circle(street: Street) -> UUID:
    """Silver, Gold and Platinum by what is spent in a year; two guests stand on them."""
    tiers = [
        {"name": name, "threshold": {"type": "spending", "value": value}, "multipliers": {"points": factor}}
        for name, (value, factor) in zip(("Silver", "Gold", "Platinum"), ALREADY, strict=True)
    ]
    config = {"tiers": tiers, "evaluationPeriod": "yearly", "degradationRules": {"enabled": True}}
    body = {"name": "The circle", "ruleType": "TIER_BASED", "ruleConfig": config, "isActive": True}
    made = api(street, "POST", "/loyalty/programs", body)["id"]
    for name, amount in (("Ada", "250.00"), ("Bo", "700.00")):
        member = api(street, "POST", "/members", {"name": name})["id"]
        api(street, "POST", "/purchases", {"orderId": f"circle {name}", "memberId": member, "amount": amount})
    return UUID(made)


@pytest.fixture(params=[DESKTOP, PHONE], ids=["desktop", "phone"])
def page(request: pytest.FixtureRequest, window: Browser, street: Street) -> Iterator[Page]:
    """Alma's browser, on her desktop and on her phone; nothing may complain in it."""
    opened = window.new_page(viewport=request.param, reduced_motion="reduce")
    complaints = listen(opened)
    street.sign_in(opened, street.shop.owner)
    yield opened
    opened.close()
    assert [words for words in complaints if "status of 422" not in words] == []


@pytest.fixture
def plain(window: Browser, street: Street) -> Iterator[Page]:
    """The same on a phone without scripts."""
    opened = window.new_page(viewport=PHONE, java_script_enabled=False)
    street.sign_in(opened, street.shop.owner)
    yield opened
    opened.close()


def tiers_page(street: Street) -> str:
    return f"{street.origin}/b/{street.shop.slug}/tiers"


def settled(page: Page, street: Street) -> None:
    """Open the tiers once both guests stand on the ladder."""
    rows = [page.get_by_role("row", name=re.compile(f"^{tier}")) for tier in ("Silver", "Gold")]

    def is_settled() -> bool:
        page.goto(tiers_page(street))
        return all(row.get_by_text("1", exact=True).count() for row in rows)

    assert wait_until(is_settled, SETTLED_SECONDS, pause=0.1), "the guests' purchases were not settled"


def tab_to(page: Page, wanted: Locator) -> None:
    """Go to a place by the Tab key alone; what has the focus shows it."""
    for _ in range(MOST_TABS):
        page.keyboard.press("Tab")
        if wanted.evaluate("(node) => node === document.activeElement"):
            assert wanted.evaluate("(node) => node.matches(':focus-visible')")
            return
    raise AssertionError("not reached by Tab")


def test_a_rung_is_dragged_and_what_it_means_follows(page: Page, street: Street, circle: UUID) -> None:
    settled(page, street)
    rung, field = page.get_by_role("slider", name="Gold"), page.get_by_role("textbox", name="Gold")
    knob = rung.locator(".knob")
    knob.scroll_into_view_if_needed()
    box = knob.bounding_box()
    assert box is not None
    across, down = box["x"] + box["width"] / 2, box["y"] + box["height"] / 2
    page.mouse.move(across, down)
    page.mouse.down()
    page.mouse.move(across, down - 30, steps=6)
    page.mouse.up()
    assert float(field.input_value()) > 700
    expect(page.locator("#simulated")).to_contain_text("1 would drop, 0 would rise")
    page.mouse.move(across, box["y"] - 20)
    page.mouse.down()
    page.mouse.move(across, 0, steps=4)
    page.mouse.up()
    assert float(field.input_value()) < 1500, "a rung stays below the next"
    assert faults(page) == []


def test_buttons_move_a_rung_too(page: Page, street: Street, circle: UUID) -> None:
    settled(page, street)
    page.get_by_role("button", name="Silver: more").click()
    field = page.get_by_role("textbox", name="Silver")
    assert float(field.input_value()) > 200
    page.get_by_role("button", name="Silver: less").click()
    assert float(field.input_value()) == 200
    field.fill("300")
    expect(page.get_by_role("slider", name="Silver")).to_have_attribute("aria-valuenow", "300")
    expect(page.locator("#simulated")).to_contain_text("1 would drop, 0 would rise")
    field.fill("9000")
    expect(page.get_by_role("alert")).to_contain_text("Gold must need more than Silver (₴9,000)")
    assert faults(page) == []


def test_by_keyboard_alone_new_tiers_are_tried_looked_at_and_published(
    page: Page, street: Street, circle: UUID
) -> None:
    settled(page, street)
    rung = page.get_by_role("slider", name="Platinum")
    before = rung.get_attribute("aria-valuenow") or ""
    tab_to(page, rung)
    for key in ("ArrowUp", "PageUp", "PageDown"):
        page.keyboard.press(key)
    now = rung.get_attribute("aria-valuenow") or ""
    assert float(now) > float(before)
    expect(page.locator("#simulated")).to_contain_text("0 would drop, 0 would rise")
    tab_to(page, page.get_by_role("button", name="Publish tiers…"))
    page.keyboard.press("Enter")
    page.wait_for_url("**/publish?*")
    assert faults(page) == []
    tab_to(page, page.get_by_role("link", name=re.compile("^Down")))
    page.keyboard.press("Enter")
    page.wait_for_url("**show=down*")
    tab_to(page, page.get_by_role("button", name="Publish tiers"))
    page.keyboard.press("Enter")
    page.get_by_text("The new thresholds count from now on.").wait_for()
    published = api(street, "GET", f"/loyalty/programs/{circle}")["ruleConfig"]["tiers"][2]["threshold"]["value"]
    assert float(published) == float(now)


def test_without_scripts_numbers_are_typed_and_published(plain: Page, street: Street, circle: UUID) -> None:
    settled(plain, street)
    expect(plain.get_by_role("slider")).to_have_count(0)
    plain.get_by_label("Silver", exact=True).fill("260")
    plain.get_by_role("button", name="See who would be where").click()
    expect(plain.get_by_text("1 would drop, 0 would rise")).to_be_visible()
    plain.get_by_role("button", name="Publish tiers…").click()
    expect(plain.get_by_role("link", name="Ada")).to_be_visible()
    plain.get_by_role("link", name="Back").click()
    assert plain.get_by_label("Silver", exact=True).input_value() == "260"


def test_a_refund_is_looked_at_and_done_by_mouse(page: Page, street: Street) -> None:
    page.goto(refund_address(street, "by mouse"))
    assert faults(page) == []
    page.get_by_label("Amount").fill("50")
    page.get_by_role("button", name="See what this changes").click()
    page.get_by_role("alert").get_by_text("Enter ₴40 or less").wait_for()
    page.get_by_label("Amount").fill("15")
    page.get_by_role("button", name="See what this changes").click()
    expect(page.locator("#preview")).to_contain_text("Takes back 30 points.")
    assert faults(page) == []
    page.get_by_role("button", name="Refund ₴15").click()
    page.locator(".r-toasts").get_by_text("₴15 given back").wait_for()


def test_a_refund_is_done_by_keyboard_alone(page: Page, street: Street) -> None:
    page.goto(refund_address(street, "by keys"))
    tab_to(page, page.get_by_label("Amount"))
    page.keyboard.press("ControlOrMeta+a")
    page.keyboard.type("40")
    page.keyboard.press("Enter")
    expect(page.locator("#preview")).to_contain_text("Takes back 80 points.")
    tab_to(page, page.get_by_role("button", name="Refund ₴40"))
    page.keyboard.press("Enter")
    page.locator(".r-toasts").get_by_text("₴40 given back").wait_for()


@pytest.mark.parametrize("size", [PHONE, DESKTOP], ids=["phone", "desktop"])
def test_at_the_till_a_refund_is_said_before_a_manager_agrees(
    window: Browser, street: Street, size: ViewportSize
) -> None:
    give_pin(street, "Dana", MAX_PIN)
    bought = purchase(street, f"till {size['width']}", source="till")
    till = paired(window, street, name=f"Till {size['width']}", viewport=size)
    page = till.new_page()
    unlock(page, street, name="Dana", pin=MAX_PIN)
    page.goto(f"{base_of(street)}purchases/{bought}/refund")
    page.get_by_label("Amount").fill("10")
    page.get_by_role("button", name="See what this changes").click()
    expect(page.locator("#preview")).to_contain_text("Takes back 20 points.")
    assert faults(page) == []
    page.get_by_label("A manager agrees").select_option(label="Dana")
    page.get_by_label("Their PIN").fill(MAX_PIN)
    page.get_by_role("button", name="Refund ₴10").click()
    page.get_by_text("₴10 given back").first.wait_for()
    till.close()


def purchase(street: Street, order: str, **fields: str) -> str:
    """Let Cleo buy for 40, and wait until it has earned."""
    body = {"orderId": order, "memberId": str(street.cleo), "amount": "40.00", **fields}
    made = str(api(street, "POST", "/purchases", body)["id"])
    assert wait_until(lambda: api(street, "GET", f"/purchases/{made}")["processedAt"] is not None, SETTLED_SECONDS)
    return made


def refund_address(street: Street, order: str) -> str:
    """Where a new purchase of Cleo's is refunded."""
    bought = purchase(street, f"{order} {uuid4()}")
    return f"{street.origin}/b/{street.shop.slug}/members/{street.cleo}/purchases/{bought}/refund"
