"""Pages on a slow line: they come in pieces, and their scripts come last."""

from __future__ import annotations

import re
from collections.abc import Iterator
from contextlib import contextmanager

from playwright.sync_api import Page, Response, Route

SLOW_LINE = {"offline": False, "latency": 0, "downloadThroughput": 15_000, "uploadThroughput": -1}  # bytes a second
COMES_LATE = re.compile(r"/static/(?!js/theme).*\.js")


def open_in_pieces(page: Page, address: str) -> Response:
    """Open a page whose styles and scripts are on the device, and whose HTML comes slowly."""
    page.goto(address)
    line = page.context.new_cdp_session(page)
    line.send("Network.enable")
    line.send("Network.emulateNetworkConditions", SLOW_LINE)
    answer = page.goto(address)
    line.detach()
    assert answer is not None
    return answer


@contextmanager
def late_scripts(page: Page) -> Iterator[None]:
    """Hold all scripts back until the end of the block; the theme's is waited for anyway."""
    held: list[Route] = []

    def hold(route: Route) -> None:
        held.append(route)

    page.route(COMES_LATE, hold)
    yield
    for route in held:
        route.continue_()
    page.unroute(COMES_LATE)
