"""Records how a program is created, for the help article: python -m tests.browser.walkthrough [address of the demo]."""

from __future__ import annotations

import io
import sys
from pathlib import Path

from PIL import Image
from playwright.sync_api import Locator, Page, sync_playwright

from tests.browser.chromium import chromium
from tests.browser.screenshots import sign_in

TARGET = Path(__file__).parents[2] / "app" / "static" / "help" / "create-a-program.webp"
VIEW = {"width": 1200, "height": 800}
SIZE = (960, 640)
FRAME_MS, LAST_MS = 2_400, 5_000
MOST_BYTES = 500_000
NAME = "Morning card"

_MARK = "box => { box.style.outline = '4px solid #0b62b8'; box.style.outlineOffset = '3px'; }"


def main(address: str) -> None:
    """Walk through the demo and keep the recording."""
    with sync_playwright() as playwright, chromium(playwright) as browser:
        page = browser.new_page(viewport=VIEW, color_scheme="light", reduced_motion="reduce")  # type: ignore[arg-type]
        page.goto(f"{address}/login")
        sign_in(page)
        animated = film(recorded(page, f"{address}/b/kava"))
    TARGET.parent.mkdir(exist_ok=True)
    TARGET.write_bytes(animated)
    print(f"{TARGET.name}: {len(animated):,} bytes")


def recorded(page: Page, base: str) -> list[bytes]:
    """Create a punch card and activate it; returns a picture before each step, with what is used next marked."""
    frames: list[bytes] = []

    def see(next_step: Locator | None = None) -> None:
        if next_step is not None:
            next_step.scroll_into_view_if_needed()
            next_step.evaluate(_MARK)
        frames.append(page.screenshot())

    def press(button: Locator, until: str) -> None:
        see(button)
        button.click()
        page.wait_for_url(until)

    going_on = page.locator(".r-wizfoot .btn-primary")
    page.goto(f"{base}/programs")
    press(page.get_by_role("link", name="Create Program"), "**/programs/templates")
    press(page.get_by_role("link", name="Create from Scratch"), "**/programs/new")
    page.locator(".r-type:has(b:text-is('Punch card')) input").check()
    press(going_on, "**/rules")
    with page.expect_response("**/rules/preview"):
        page.locator("#punchesRequired").fill("8")
    see(page.locator("#punchesRequired"))
    press(going_on, "**/details")
    page.get_by_label("Program name").fill(NAME)
    see(page.get_by_label("Program name"))
    press(going_on, "**/review")
    press(page.get_by_role("button", name="Activate Now"), "**/live")
    see()
    return frames


def film(frames: list[bytes]) -> bytes:
    """Return the pictures as an animation that plays once."""
    pictures = [Image.open(io.BytesIO(frame)).convert("RGB").resize(SIZE, Image.Resampling.LANCZOS) for frame in frames]
    pauses = [FRAME_MS] * (len(pictures) - 1) + [LAST_MS]
    result = io.BytesIO()
    pictures[0].save(
        result, "WEBP", save_all=True, append_images=pictures[1:], duration=pauses, loop=1, quality=60, method=6
    )
    return result.getvalue()


if __name__ == "__main__":
    main(sys.argv[1].rstrip("/") if len(sys.argv) > 1 else "http://localhost:8000")
