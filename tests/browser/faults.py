"""What is wrong with a page in a real browser: what axe finds, what its console says, what is wider than the screen."""

from __future__ import annotations

import os
from pathlib import Path
from typing import Any

from playwright.sync_api import ConsoleMessage, Page

AXE = (Path(__file__).parent / "vendor/axe-core-4.14.1/axe.min.js").read_text()
FIND_FAULTS = """async (rules) => {
  const only = rules ? {runOnly: {type: "rule", values: rules}} : {};
  const found = await axe.run(document, {resultTypes: ["violations"], ...only});
  return found.violations.map((one) => `${one.id}: ${one.nodes.map((node) => node.target.join(" ")).join("; ")}`);
}"""
DRESS = """async ([theme, brand]) => {
  document.documentElement.dataset.bsTheme = theme;
  const sheet = document.querySelector('link[href*="/brand.css"]');
  if (!brand || !sheet || sheet.href.endsWith(brand)) return;
  await new Promise((done) => { sheet.onload = done; sheet.href = `/brand.css?colour=${brand}`; });
}"""
COUNT_SHIFTS = """
window.shifted = [];
const nameOf = (node) => node?.parentElement ? `${node.nodeName} ${node.id ?? ""} ${node.className ?? ""}` : "a text";
new PerformanceObserver((list) => {
  for (const entry of list.getEntries()) {
    const moved = entry.sources.map((one) => `${nameOf(one.node)} ${one.previousRect.y} to ${one.currentRect.y}`);
    if (!entry.hadRecentInput) window.shifted.push([entry.value, moved.join(", ")]);
  }
}).observe({type: "layout-shift", buffered: true});
"""
THEMES = ("light", "dark")
BRANDS = {"yellow": "ffde00", "pink": "e1306c", "sky": "0ea5e9", "black": "000000", "white": "ffffff"}
SEEN = list(BRANDS) if os.environ.get("BRANDS") == "all" else ["yellow", "black", "sky"]
"""Every page is seen in these; BRANDS=all shows the others, too (docs/runbook.md)."""
OF_COLOUR = ["color-contrast", "link-in-text-block"]  # all that a brand's colour can break
WIDTHS = (1280, 640, 320)  # 640 is what 200 % zoom leaves of 1280
# What is anchored to something that moved finds its place in the frame after the next one.
OVERFLOW = """() => new Promise((done) => requestAnimationFrame(() => requestAnimationFrame(() =>
  done(document.documentElement.scrollWidth - innerWidth))))"""
HTML_LIMIT = 100_000
LEAST_SHIFT = 0.005  # below this a cumulative layout shift is 0.00: a column that settles while rows still come in


def listen(page: Page) -> list[str]:
    """Return a list that fills with whatever scripts and the policy complain about from now on."""
    complaints: list[str] = []

    def note(message: ConsoleMessage) -> None:
        if message.type == "error":
            complaints.append(f"console: {message.text}")

    page.on("console", note)
    page.on("pageerror", lambda error: complaints.append(f"error: {error}"))
    return complaints


def faults(page: Page, *, brands: bool = False) -> list[str]:
    """Return what axe finds in both themes, with loud brand colours too if asked, and an overflow at any width."""
    page.evaluate(AXE)
    found = [f"{theme}: {fault}" for theme in THEMES for fault in _dressed(page, theme)]
    for name in SEEN if brands else ():
        found += [f"{theme}, {name}: {fault}" for theme in THEMES for fault in _dressed(page, theme, BRANDS[name])]
    return found + overflows(page)


def overflows(page: Page) -> list[str]:
    """Return the widths at which one has to scroll sideways; the page is as wide as before afterwards."""
    before = page.viewport_size or {"width": WIDTHS[0], "height": 900}
    found = []
    for width in WIDTHS:
        page.set_viewport_size({"width": width, "height": 900})
        over = page.evaluate(OVERFLOW)
        if over > 0:
            found.append(f"{over} px too wide for {width} px")
    page.set_viewport_size(before)
    return found


def shape(page: Page, html: bytes) -> list[str]:
    """Return what every page must have and has not: a title, one h1, little HTML, nothing that moves while it loads."""
    headings = page.locator("h1:visible").count()
    moved = page.evaluate("window.shifted ?? []")
    moves = [f"layout shift {amount:.4f}: {what}" for amount, what in moved]
    return [
        *([] if page.title().strip() else ["no title"]),
        *([] if headings == 1 else [f"{headings} h1"]),
        *([] if len(html) < HTML_LIMIT else [f"{len(html)} bytes of HTML"]),
        *(moves if sum(amount for amount, _ in moved) >= LEAST_SHIFT else []),
    ]


def _dressed(page: Page, theme: str, colour: str | None = None) -> Any:
    page.evaluate(DRESS, [theme, colour])
    return page.evaluate(FIND_FAULTS, OF_COLOUR if colour else None)
