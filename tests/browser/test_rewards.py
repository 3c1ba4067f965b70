"""Alma fills her catalogue, Cleo redeems, and the board brings it to her: by mouse, by keyboard and without scripts."""

from __future__ import annotations

import io
from collections.abc import Iterator
from typing import Any

import pytest
from PIL import Image
from playwright.sync_api import Browser, Page, expect

from tests.browser.conftest import Street
from tests.browser.faults import faults


@pytest.fixture
def page(window: Browser) -> Iterator[Page]:
    """A fresh page without motion and without a session."""
    opened = window.new_page(viewport={"width": 1280, "height": 900}, reduced_motion="reduce")
    yield opened
    opened.close()


@pytest.fixture
def plain(window: Browser) -> Iterator[Page]:
    """The same on a phone without scripts."""
    opened = window.new_page(viewport={"width": 390, "height": 844}, java_script_enabled=False)
    yield opened
    opened.close()


def base(street: Street) -> str:
    return f"{street.origin}/b/{street.shop.slug}"


def asked(page: Page, street: Street, path: str, body: dict[str, Any]) -> dict[str, Any]:
    answer = page.request.post(f"{street.origin}/api/v1{path}", data=body, headers=street.shop.owner.headers)
    assert answer.ok, answer.text()
    return dict(answer.json())


def redeemed(page: Page, street: Street, name: str, **fields: Any) -> str:
    """Have Cleo redeem a new reward of this name."""
    body = {"name": name, "rewardType": "free_product", "pointsCost": 20}
    reward = asked(page, street, "/rewards", body)
    return str(
        asked(page, street, "/redemptions", {"memberId": str(street.cleo), "rewardId": reward["id"], **fields})["id"]
    )


def test_alma_switches_a_ready_reward_on_and_adds_one_with_a_picture_while_the_card_follows(
    page: Page, street: Street
) -> None:
    street.sign_in(page, street.shop.owner)
    page.goto(f"{base(street)}/rewards")
    page.get_by_role("button", name="Switch on Any coffee, free").click()
    page.get_by_role("heading", name="Any coffee, free").wait_for()
    page.get_by_role("link", name="Add reward").click()
    page.get_by_label("Name", exact=True).fill("A slice of cake")
    page.get_by_label("Points it costs").fill("170")
    preview = page.locator("#reward-preview")
    preview.get_by_text("170 points").wait_for()
    assert "≈ ₴85 spend; 50 % of members could get this today" in preview.inner_text()
    assert not page.get_by_label("Percent off").is_visible()
    page.get_by_label("Type").select_option("discount")
    expect(page.get_by_label("Percent off")).to_be_visible()
    page.get_by_label("Type").select_option("free_product")
    drawn = io.BytesIO()
    Image.new("RGB", (400, 300), "#c98d5a").save(drawn, "PNG")
    page.get_by_label("Picture (optional)").set_input_files(
        {"name": "cake.png", "mimeType": "image/png", "buffer": drawn.getvalue()}
    )
    page.get_by_role("button", name="Add reward").click()
    page.get_by_role("alert").get_by_text("Say what the picture shows").wait_for()
    expect(page.get_by_label("Points it costs")).to_have_value("170")
    page.get_by_label("Picture (optional)").set_input_files(
        {"name": "cake.png", "mimeType": "image/png", "buffer": drawn.getvalue()}
    )
    page.get_by_label("What the picture shows").fill("A slice of cake on a plate")
    page.get_by_role("button", name="Add reward").click()
    page.get_by_role("img", name="A slice of cake on a plate").wait_for()
    expect(page.get_by_text("Unlimited")).to_have_count(2)


def test_a_picture_is_cut_by_sliders_and_by_dragging_while_the_card_follows(page: Page, street: Street) -> None:
    street.sign_in(page, street.shop.owner)
    page.goto(f"{base(street)}/rewards/new")
    assert not page.get_by_label("Left or right").is_visible()
    page.get_by_label("Name", exact=True).fill("Two colours")
    page.get_by_label("Points it costs").fill("30")
    page.get_by_label("Picture (optional)").set_input_files(
        {"name": "halves.png", "mimeType": "image/png", "buffer": halves()}
    )
    slider, frame = page.get_by_label("Left or right"), page.get_by_label("The picture as it is cut")
    expect(frame).to_be_visible()  # once the browser has read the picture
    slider.focus()
    page.keyboard.press("Home")
    assert (slider.input_value(), colour(frame)) == ("0", [255, 0, 0])
    frame.scroll_into_view_if_needed()
    box = frame.bounding_box()
    assert box is not None
    for _ in range(2):
        page.mouse.move(box["x"] + box["width"] - 10, box["y"] + 20)
        page.mouse.down()
        page.mouse.move(2, box["y"] + 20, steps=5)
        page.mouse.up()
    assert (slider.input_value(), colour(frame)) == ("100", [0, 0, 255])
    preview = page.locator("#reward-preview canvas")
    preview.wait_for()
    assert colour(preview) == [0, 0, 255]
    assert faults(page) == []
    page.get_by_label("What the picture shows").fill("Blue")
    page.get_by_role("button", name="Add reward").click()
    image = page.get_by_role("img", name="Blue")
    image.wait_for()
    image.evaluate("(node) => node.decode()")
    drawn = image.evaluate_handle(
        "(node) => { const copy = document.createElement('canvas'); copy.width = copy.height = 9;"
        " copy.getContext('2d').drawImage(node, 0, 0, 9, 9); return copy; }"
    )
    assert colour(drawn)[2] > 200


def halves() -> bytes:
    """A wide picture, red on the left and blue on the right."""
    drawn, file = Image.new("RGB", (1600, 400), "#ff0000"), io.BytesIO()
    drawn.paste("#0000ff", (800, 0, 1600, 400))
    drawn.save(file, "PNG")
    return file.getvalue()


def colour(canvas: Any) -> list[int]:
    """The colour in the middle of what a canvas shows."""
    middle = "(node) => [...node.getContext('2d').getImageData(node.width / 2, node.height / 2, 1, 1).data].slice(0, 3)"
    return [int(part) for part in canvas.evaluate(middle)]


def test_a_board_that_is_left_open_says_what_is_new(page: Page, street: Street) -> None:
    redeemed(page, street, "A roll")
    street.sign_in(page, street.shop.owner)
    with page.expect_response("**/redemptions/newest"):
        page.goto(f"{base(street)}/redemptions")
    redeemed(page, street, "A fresh loaf")
    watch = page.locator("[data-watch]")
    watch.evaluate("(node) => node.dispatchEvent(new Event('look'))")
    watch.get_by_text("New: A fresh loaf.").wait_for()
    watch.get_by_role("link", name="Show it").click()
    page.get_by_role("button", name="Approve A fresh loaf").wait_for()


def test_the_board_brings_a_redemption_to_its_end_by_mouse(page: Page, street: Street) -> None:
    sent = {"deliveryMethod": "shipping", "shippingAddress": {"street": "1 Main St", "city": "Kyiv"}}
    redeemed(page, street, "A mug by post", **sent)
    street.sign_in(page, street.shop.owner)
    page.goto(f"{base(street)}/redemptions")
    page.get_by_role("button", name="Approve A mug by post").click()
    page.get_by_label("Tracking number").fill("AB 12")
    page.get_by_role("button", name="Mark shipped A mug by post").click()
    page.get_by_text("Tracking: AB 12").wait_for()
    page.get_by_role("button", name="Mark delivered A mug by post").click()
    page.locator("#column-done").locator("..").get_by_text("A mug by post").wait_for()


def test_a_redemption_is_cancelled_by_keyboard_and_the_points_go_back(page: Page, street: Street) -> None:
    redeemed(page, street, "A cookie")
    street.sign_in(page, street.shop.owner)
    page.goto(f"{base(street)}/redemptions")
    page.get_by_text("Cancel… A cookie").focus()
    page.keyboard.press("Enter")
    page.keyboard.press("Tab")
    page.keyboard.press("Tab")
    page.keyboard.type("Sold out")
    page.keyboard.press("Enter")
    page.get_by_text("A cookie is cancelled. 20 points went back.").wait_for()


def test_of_two_people_the_second_reads_who_was_first(page: Page, window: Browser, street: Street) -> None:
    redeemed(page, street, "A bun")
    street.sign_in(page, street.shop.owner)
    page.goto(f"{base(street)}/redemptions")
    other = window.new_page()
    street.sign_in(other, street.dana)
    other.goto(f"{base(street)}/redemptions")
    other.get_by_role("button", name="Approve A bun").click()
    other.get_by_role("button", name="Hand over A bun").wait_for()
    other.close()
    page.get_by_role("button", name="Approve A bun").click()
    page.get_by_text("Dana approved this").wait_for()


def test_many_are_ticked_and_approved_at_once(page: Page, street: Street) -> None:
    for name in ("Tea one", "Tea two"):
        redeemed(page, street, name)
    street.sign_in(page, street.shop.owner)
    page.goto(f"{base(street)}/redemptions/all?status=pending")
    for name in ("Tea one", "Tea two"):
        page.get_by_role("checkbox", name=f"{name} for Cleo Marsh").check()
    page.get_by_text("2 selected").wait_for()
    page.get_by_role("button", name="Approve").click()
    page.get_by_text("2 approved.").wait_for()


def test_without_scripts_a_reward_is_previewed_and_added(plain: Page, street: Street) -> None:
    street.sign_in(plain, street.shop.owner)
    plain.goto(f"{base(street)}/rewards/new")
    plain.get_by_label("Name", exact=True).fill("Free delivery")
    plain.get_by_label("Type").select_option("free_shipping")
    plain.get_by_label("Points it costs").fill("200")
    plain.get_by_role("button", name="Show preview").click()
    expect(plain.locator("#reward-preview").get_by_text("200 points")).to_be_visible()
    assert plain.get_by_label("Name", exact=True).input_value() == "Free delivery"
    plain.get_by_role("button", name="Add reward").click()
    expect(plain.get_by_role("heading", name="Free delivery")).to_be_visible()


def test_everyone_can_use_these_pages_in_both_themes_and_on_a_narrow_phone(page: Page, street: Street) -> None:
    made = redeemed(page, street, "A croissant")
    street.sign_in(page, street.shop.owner)
    paths = ["rewards", "rewards?view=list", "rewards/new", "redemptions", "redemptions/all", f"redemptions/{made}"]
    paths += ["redemptions?view=list", "redemptions/pick-list", "redemptions/labels", "redemptions/report"]
    found = {}
    for path in paths:
        page.goto(f"{base(street)}/{path}")
        found[path] = faults(page)
    assert {path: wrong for path, wrong in found.items() if wrong} == {}
