"""Takes the pictures of docs/screenshots from a running demo: python -m tests.browser.screenshots [address]."""

from __future__ import annotations

import sys
from pathlib import Path

from playwright.sync_api import Browser, Page, sync_playwright

from tests.browser.chromium import chromium

TARGET = Path(__file__).parents[2] / "docs" / "screenshots"
OWNER, PASSWORD = "olena@kava.example.com", "coffee before words"
PAGES = (
    "programs",
    "programs/templates",
    "programs/templates/which",
    "programs/new",
    "members",
    "rewards",
    "redemptions",
    "till",
    "tills",
    "print",
    "attention",
    "settings",
    "help",
    "help/create-a-program",
)
SIZES = {"desktop": (1280, 900), "phone": (390, 844)}


def main(address: str) -> None:
    """Every first page, on a desktop and on a phone, in light and in dark."""
    TARGET.mkdir(parents=True, exist_ok=True)
    with sync_playwright() as playwright, chromium(playwright) as browser:
        for size in SIZES:
            for scheme in ("light", "dark"):
                _shoot(browser, address, size, scheme)


def sign_in(page: Page) -> None:
    """Sign the demo's owner in by the form that is shown."""
    page.fill("input[name=email]", OWNER)
    page.fill("input[name=password]", PASSWORD)
    page.keyboard.press("Enter")
    page.wait_for_url("**/b/kava/**")


def _shoot(browser: Browser, address: str, size: str, scheme: str) -> None:
    width, height = SIZES[size]
    context = browser.new_context(
        viewport={"width": width, "height": height},
        color_scheme="dark" if scheme == "dark" else "light",
        reduced_motion="reduce",
    )
    page = context.new_page()

    def keep(name: str) -> None:
        page.screenshot(path=TARGET / f"{name}-{size}-{scheme}.png")

    page.goto(f"{address}/login")
    keep("login")
    sign_in(page)
    for name in PAGES:
        page.goto(f"{address}/b/kava/{name}")
        keep(name.replace("/", "-"))
    page.goto(f"{address}/b/kava/")
    keep("home")
    _open_first(page, f"{address}/b/kava/programs?q=Stamp", "main table a[href*='/programs/']")
    keep("program")
    page.goto(f"{page.url}/analytics")
    page.wait_for_load_state("networkidle")
    keep("analytics")
    _open_first(page, f"{address}/b/kava/", "main table a[href*='/members/']")
    keep("member")
    page.goto(address + (page.locator("a:has-text('Their card')").get_attribute("href") or ""))
    keep("card")
    context.close()


def _open_first(page: Page, address: str, link: str) -> None:
    page.goto(address)
    page.locator(link).first.click()
    page.wait_for_load_state("networkidle")


if __name__ == "__main__":
    main(sys.argv[1].rstrip("/") if len(sys.argv) > 1 else "http://localhost:8000")
