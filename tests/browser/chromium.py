"""Where a Chromium comes from, and how it is started without a network of its own."""

import os
import shutil
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest
from playwright.sync_api import Browser, BrowserType, Playwright

ARGUMENTS = [
    "--no-sandbox",
    "--disable-gpu",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
    "--no-first-run",
]
NAMES = ("chromium", "chromium-browser", "google-chrome", "chrome")


def chromium_path(kind: BrowserType) -> str | None:
    """Return the browser named by CHROMIUM, one on the PATH, or Playwright's own; None where there is none."""
    candidates = [os.environ.get("CHROMIUM"), *map(shutil.which, NAMES), kind.executable_path]
    return next((path for path in candidates if path and Path(path).exists()), None)


@contextmanager
def chromium(playwright: Playwright) -> Iterator[Browser]:
    """Start the browser, or skip the test that asked for it, with the reason."""
    path = chromium_path(playwright.chromium)
    if path is None:
        pytest.skip("no Chromium here: install the package chromium, or name one in CHROMIUM")
    browser = playwright.chromium.launch(executable_path=path, args=ARGUMENTS)
    try:
        yield browser
    finally:
        browser.close()
