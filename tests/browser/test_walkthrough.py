"""The recording of the first help article still shows what the product does."""

from __future__ import annotations

from PIL import Image
from playwright.sync_api import Browser, expect

from tests.browser.conftest import Street
from tests.browser.walkthrough import MOST_BYTES, NAME, SIZE, TARGET, VIEW, film, recorded

FEWEST_FRAMES = 8


def test_the_steps_that_were_recorded_can_be_walked_today(window: Browser, street: Street) -> None:
    page = window.new_page(viewport=VIEW, reduced_motion="reduce")  # type: ignore[arg-type]
    street.sign_in(page, street.shop.owner)
    frames = recorded(page, f"{street.origin}/b/{street.shop.slug}")
    expect(page.get_by_role("heading", level=1)).to_have_text(f"{NAME} is live")
    assert len(frames) >= FEWEST_FRAMES
    assert len(film(frames)) < MOST_BYTES
    page.close()


def test_the_recording_is_light_as_large_as_its_place_and_plays_once() -> None:
    assert TARGET.stat().st_size < MOST_BYTES
    with Image.open(TARGET) as picture:
        assert picture.size == SIZE
        assert getattr(picture, "n_frames", 1) >= FEWEST_FRAMES
        assert picture.info["loop"] == 1


def test_the_article_plays_it_only_when_asked_and_says_it_in_words(window: Browser, street: Street) -> None:
    page = window.new_page()
    street.sign_in(page, street.shop.owner)
    page.goto(f"{street.origin}/b/{street.shop.slug}/help/create-a-program")
    picture = page.get_by_role("img", name="A recording of the four steps below")
    expect(picture).to_have_count(0)
    page.get_by_text("Show the walk-through").click()
    expect(page.locator("article img")).to_be_visible()
    assert (
        page.locator("article img").evaluate("picture => picture.decode().then(() => picture.naturalWidth)") == SIZE[0]
    )
    page.close()
