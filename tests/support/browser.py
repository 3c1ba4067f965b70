"""The browser for tests that look at pages: Debian's Chromium, Google Chrome, or the one Playwright brings."""

import os
import shutil
from pathlib import Path

import pytest

NAMES = ("chromium", "chromium-browser", "google-chrome", "google-chrome-stable")
MAC = Path("/Applications/Google Chrome.app/Contents/MacOS/Google Chrome")


@pytest.fixture(scope="session")
def chromium_path() -> str:
    """The browser's program, for Playwright's executable_path; the test is skipped where none can be found."""
    found = os.environ.get("CHROMIUM") or next(filter(None, map(shutil.which, NAMES)), None) or _other_places()
    if found is None:
        pytest.skip("no Chromium or Chrome on this machine (Debian: apt-get install chromium)")
    return found


def _other_places() -> str | None:
    own = Path(os.environ.get("PLAYWRIGHT_BROWSERS_PATH", Path.home() / ".cache" / "ms-playwright"))
    candidates = [MAC, *sorted(own.glob("chromium-*/chrome-linux*/chrome"), reverse=True)]
    return next((str(path) for path in candidates if path.exists()), None)
