"""Two hands that do the same steps on a page: one with a mouse, one on a keyboard that never touches anything else."""

from __future__ import annotations

import re
from datetime import datetime
from typing import Literal, Protocol

from playwright.sync_api import Locator, Page, expect

Named = str | re.Pattern[str]
Pressed = Literal["button", "link"]
Ticked = Literal["checkbox", "radio"]

MOST_STEPS = 90
"""More tabs than this to one thing on a page, and a keyboard cannot be said to reach it."""

_HAS_FOCUS = "el => document.activeElement === el"
_IS_AHEAD = """el => {
  const here = document.activeElement;
  if (!here || here === document.body) return true;
  return Boolean(here.compareDocumentPosition(el) & Node.DOCUMENT_POSITION_FOLLOWING);
}"""
_IN_GROUP = """el => {
  const here = document.activeElement;
  return here.type === "radio" && here.name === el.name && here.form === el.form;
}"""
_HIDDEN_FOCUS = """() => {
  const here = document.activeElement;
  if (!here || here === document.body) return "nothing has the focus";
  const box = here.getBoundingClientRect();
  const spots = [[0.5, 0.5], [0.05, 0.5], [0.95, 0.5], [0.5, 0.1], [0.5, 0.9]];
  const shows = spots.some(([across, down]) => {
    const top = document.elementFromPoint(box.left + box.width * across, box.top + box.height * down);
    const parts = [here, ...(here.labels ?? [])];
    return top && (top.contains(here) || parts.some((one) => one.contains(top)));
  });
  const around = [here, here.nextElementSibling, here.parentElement, here.parentElement?.parentElement];
  const rings = around.some((one) => {
    const style = one && getComputedStyle(one);
    const width = style && parseFloat(style.outlineWidth);
    return style && (style.outlineStyle === "auto" || (style.outlineStyle !== "none" && width >= 2));
  });
  const name = `${here.nodeName} ${here.name ?? ""} ${here.textContent.trim().slice(0, 40)}`;
  return shows ? (rings ? "" : `${name}: no ring`) : `${name}: out of sight`;
}"""


class Hand(Protocol):
    """What somebody does on a page; things are named as they are called on the screen."""

    page: Page

    def press(self, role: Pressed, name: Named, *, leads_to: str | None = None, inside: str = "body") -> None:
        """Press a button or a link; waits for the page that it leads to (a part of the address), if one is named."""

    def write(self, label: Named, text: str) -> None:
        """Put a text into the field of that label, in place of what it held; the focus stays there."""

    def tick(self, role: Ticked, name: Named) -> None:
        """Choose one of several, or turn a box over."""

    def select(self, label: Named, words: str) -> None:
        """Choose from a list."""

    def set_moment(self, label: Named, at: datetime) -> None:
        """Put a day and a time, to the minute, into a field."""

    def unfold(self, words: Named) -> None:
        """Open what is folded away under these words."""


class Mouse:
    """Points and clicks; letters still come from the keys."""

    def __init__(self, page: Page) -> None:
        self.page = page

    def press(self, role: Pressed, name: Named, *, leads_to: str | None = None, inside: str = "body") -> None:
        _found(self.page, role, name, inside).click()
        _arrive(self.page, leads_to)

    def write(self, label: Named, text: str) -> None:
        field = _field(self.page, label)
        field.click()
        field.fill(text)

    def tick(self, role: Ticked, name: Named) -> None:
        _found(self.page, role, name).click()

    def select(self, label: Named, words: str) -> None:
        _field(self.page, label).select_option(label=words)

    def set_moment(self, label: Named, at: datetime) -> None:
        self.write(label, _wall(at))

    def unfold(self, words: Named) -> None:
        self.page.locator("summary", has_text=words).click()


class Keyboard:
    """Tab, Shift+Tab, the arrows, Enter, Space and letters. Wherever it stops, the focus can be seen."""

    def __init__(self, page: Page) -> None:
        self.page = page

    def press(self, role: Pressed, name: Named, *, leads_to: str | None = None, inside: str = "body") -> None:
        self._reach(_found(self.page, role, name, inside))
        self.page.keyboard.press("Enter" if role == "link" else "Space")
        _arrive(self.page, leads_to)

    def write(self, label: Named, text: str) -> None:
        self._reach(_field(self.page, label))
        self.page.keyboard.press("ControlOrMeta+a")
        self.page.keyboard.type(text)

    def tick(self, role: Ticked, name: Named) -> None:
        target = _found(self.page, role, name)
        if role == "checkbox":
            self._reach(target)
            self.page.keyboard.press("Space")
            return
        self._tab(target, _IN_GROUP)
        self._go(target, _HAS_FOCUS, "ArrowDown", "ArrowUp")
        if not target.is_checked():
            self.page.keyboard.press("Space")
        expect(target).to_be_checked()

    def select(self, label: Named, words: str) -> None:
        field = _field(self.page, label)
        self._reach(field)
        self.page.keyboard.type(words)
        expect(field.locator("option:checked")).to_have_text(words)

    def set_moment(self, label: Named, at: datetime) -> None:
        field = _field(self.page, label)
        self._reach(field)
        self.page.keyboard.type(f"{at:%m%d%Y}")
        self.page.keyboard.press("ArrowRight")
        self.page.keyboard.type(f"{at:%I%M%p}")
        expect(field).to_have_value(_wall(at))

    def unfold(self, words: Named) -> None:
        self._reach(self.page.locator("summary", has_text=words))
        self.page.keyboard.press("Enter")

    def _reach(self, target: Locator) -> None:
        self._tab(target, _HAS_FOCUS)

    def _tab(self, target: Locator, is_there: str) -> None:
        self._go(target, is_there, "Tab", "Shift+Tab")
        hidden = self.page.evaluate(_HIDDEN_FOCUS)
        assert hidden == "", hidden

    def _go(self, target: Locator, is_there: str, ahead: str, back: str) -> None:
        expect(target).to_be_visible()
        for _ in range(MOST_STEPS):
            if target.evaluate(is_there):
                return
            self.page.keyboard.press(ahead if target.evaluate(_IS_AHEAD) else back)
        raise AssertionError(f"{target} is not reached by {MOST_STEPS} times {ahead}")


HANDS: dict[str, type[Mouse] | type[Keyboard]] = {"mouse": Mouse, "keyboard": Keyboard}


def _found(page: Page, role: Pressed | Ticked, name: Named, inside: str = "body") -> Locator:
    return page.locator(inside).get_by_role(role, name=name, exact=isinstance(name, str)).filter(visible=True).first


def _field(page: Page, label: Named) -> Locator:
    return page.get_by_label(label, exact=isinstance(label, str)).filter(visible=True).first


def _arrive(page: Page, part: str | None) -> None:
    if part is not None:
        page.wait_for_url(lambda url: part in url)


def _wall(at: datetime) -> str:
    return f"{at:%Y-%m-%dT%H:%M}"
