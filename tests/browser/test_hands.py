"""The keyboard of these tests notices what it must: what it cannot reach, cannot see, or would not know it is on."""

from __future__ import annotations

from collections.abc import Iterator

import pytest
from playwright.sync_api import Browser, Page, expect

from tests.browser.hands import Keyboard

BEFORE = "<title>A page</title><button>Before</button><input type=radio name=size aria-label=Small>"
FAULTS = {
    "<button tabindex=-1>Save</button>": "is not reached",
    "<a role=button>Save</a>": "is not reached",
    "<button style='outline:0'>Save</button>": "no ring",
    "<button>Save</button><div style='position:fixed;inset:0;background:#fff'></div>": "out of sight",
}


@pytest.fixture
def page(window: Browser) -> Iterator[Page]:
    opened = window.new_page()
    yield opened
    opened.close()


@pytest.mark.parametrize("html", FAULTS)
def test_what_keys_cannot_do_is_a_failure(page: Page, html: str) -> None:
    page.set_content(BEFORE + html)
    with pytest.raises(AssertionError, match=FAULTS[html]):
        Keyboard(page).press("button", "Save")


def test_what_keys_can_do_is_done(page: Page) -> None:
    page.set_content(f"{BEFORE}<input type=radio name=size aria-label=Large><button>Save</button><p></p>")
    page.evaluate("document.querySelectorAll('button')[1].onclick = () => document.querySelector('p').append('Saved')")
    keys = Keyboard(page)
    keys.tick("radio", "Large")
    keys.press("button", "Save")
    keys.press("button", "Before")
    expect(page.get_by_text("Saved")).to_have_count(1)
    assert page.get_by_label("Large").is_checked()
