"""Takes the pictures of docs/screenshots, of every page of the demo: python -m tests.browser.screenshots [word…].

It starts servers and processes of its own. With words, only the pictures whose names have one of them are taken anew.
"""

from __future__ import annotations

import sys
from dataclasses import dataclass, replace

from playwright.sync_api import Browser, BrowserContext, Page, sync_playwright

from tests.browser.chromium import chromium
from tests.browser.demo_town import OWNER, PASSWORD, settled_demo
from tests.browser.pictures import FOLDER, FORMS, INDEX, SCHEMES, SIZES, Picture, index_of, listed, packed, picture_of
from tests.browser.town import NO_PAGE, Town
from tests.factories.people import PASSWORD as SECRET

REDIRECT, NOT_HTML, PART = "leads on to another page", "a file or data", "a part of a page"


@dataclass(frozen=True)
class Sight:
    """A page to be looked at: by whom, and where."""

    picture: Picture
    eyes: str
    address: str


MOODS = (
    ("not-found", "owner", "/no-such-page"),
    ("empty-home", "newcomer", "/b/{empty}/"),
    ("empty-programs", "newcomer", "/b/{empty}/programs"),
    ("empty-members", "newcomer", "/b/{empty}/members"),
    ("empty-rewards", "newcomer", "/b/{empty}/rewards"),
    ("empty-redemptions", "newcomer", "/b/{empty}/redemptions"),
    ("empty-till", "newcomer", "/b/{empty}/till/"),
    (
        "templates-which-suggested",
        "owner",
        "/b/{slug}/programs/templates/which?visits=often&basket=items&goal=free&show=1",
    ),
    ("members-nobody-found", "owner", "/b/{slug}/members?q=nobody"),
    ("till-found", "owner", "/b/{slug}/till/?q=Dana"),
    ("members-merge-compared", "owner", "/b/{slug}/members/{regular}/merge?other={other}"),
    ("program-events", "owner", "/b/{slug}/programs/{program}/activity?view=events"),
    ("members-filtered", "owner", "/b/{slug}/members?filters=1"),
    ("till-locked", "device", "/b/{slug}/till/lock"),
    ("till-queue", "device", "/b/{slug}/till/queue"),
)


def main(words: list[str]) -> None:
    """Settle the demo, look at every page and keep what is seen."""
    FOLDER.mkdir(parents=True, exist_ok=True)
    with settled_demo() as (app, town, origin), sync_playwright() as playwright, chromium(playwright) as browser:
        seen = Seen(browser, origin, town, words)
        for endpoint, address in sorted(town.pages(app).items()):
            seen.look(Sight(picture_of(app, endpoint), _eyes(address), address), endpoint)
        for name, eyes, address in MOODS:
            filled = address.format(**_named(town))
            seen.look(Sight(Picture("moods", name), eyes, filled), name)
        pictures, left_out = seen.all()
        _tidy(pictures)
        INDEX.write_text(index_of(pictures, left_out), encoding="utf-8")
    print(f"{len(seen.pictures)} pages, {sum(file.stat().st_size for file in FOLDER.iterdir()):,} bytes")


class Seen:
    """What has been looked at so far, with whose eyes: each keeps a browser context for each size."""

    def __init__(self, browser: Browser, origin: str, town: Town, words: list[str]) -> None:
        self.pictures: list[Picture] = []
        self.left_out: dict[str, str] = {}
        self._browser, self._origin, self._town, self._words = browser, origin, town, words
        self._pages: dict[tuple[str, str], Page] = {}

    def look(self, sight: Sight, endpoint: str) -> None:
        """Take all forms of a page, or note why there is nothing to take."""
        if self._words and not any(map(sight.picture.called, self._words)):
            return
        reason = NO_PAGE.get(endpoint) or self._why_not(sight)
        if reason is not None:
            self.left_out[endpoint] = reason
            return
        for size in SIZES:
            page = self._page(sight.eyes, size)
            page.goto(self._origin + sight.address)
            page.wait_for_load_state("networkidle")
            for scheme in SCHEMES:
                page.emulate_media(color_scheme="dark" if scheme == "dark" else "light", reduced_motion="reduce")
                sight.picture.file(f"{size}-{scheme}").write_bytes(packed(page.screenshot(animations="disabled")))
        self.pictures.append(replace(sight.picture, shows=_title(page)))

    def all(self) -> tuple[list[Picture], dict[str, str]]:
        """Return what the list shall show: with words, what it showed before stays where nothing was looked at."""
        if not self._words:
            return self.pictures, self.left_out
        known, left_out = listed(INDEX.read_text(encoding="utf-8"))
        taken = {(one.area, one.name) for one in self.pictures}
        return [*self.pictures, *(one for one in known if (one.area, one.name) not in taken)], left_out

    def _why_not(self, sight: Sight) -> str | None:
        if "<" in sight.address:
            return "nothing in the demo stands for it"
        asked = self._page(sight.eyes, "desktop").request.get(self._origin + sight.address, max_redirects=0)
        if asked.status in (301, 302, 303, 308):
            return REDIRECT
        if asked.status >= 400 and sight.picture.area != "moods":
            return f"BROKEN, status {asked.status}"
        if not asked.headers.get("content-type", "").startswith("text/html"):
            return NOT_HTML
        return None if b"<html" in asked.body() else PART

    def _page(self, eyes: str, size: str) -> Page:
        if (eyes, size) not in self._pages:
            width, height = SIZES[size]
            context = self._browser.new_context(viewport={"width": width, "height": height}, reduced_motion="reduce")
            self._pages[eyes, size] = _EYES[eyes](context, self._origin, self._town)
        return self._pages[eyes, size]


def sign_in(page: Page, email: str = OWNER, password: str = PASSWORD) -> None:
    """Sign somebody in, the demo's owner if nobody else is named, by the form that is shown."""
    page.fill("input[name=email]", email)
    page.fill("input[name=password]", password)
    page.keyboard.press("Enter")
    page.wait_for_url("**/b/**")


def _named(town: Town) -> dict[str, str]:
    """Return what stands in the addresses of the moods."""
    regular, other = town.own_parts["members.show"]["member_id"], town.parts["member_id"]
    slugs = {"slug": town.shop.slug, "empty": town.empty.slug}
    return slugs | {"regular": str(regular), "other": str(other), "program": str(town.parts["program_id"])}


def _eyes(address: str) -> str:
    return "owner" if address.startswith("/b/") else "member"


def _title(page: Page) -> str:
    """Say what a page is, without the business's name."""
    return page.title().partition(" · Kava")[0].removesuffix(" – Regulars").removesuffix(" · Regulars")


def _owner(context: BrowserContext, origin: str, town: Town) -> Page:
    return _signed_in(context, origin, OWNER, PASSWORD)


def _newcomer(context: BrowserContext, origin: str, town: Town) -> Page:
    return _signed_in(context, origin, town.empty.owner.email, SECRET)


def _signed_in(context: BrowserContext, origin: str, email: str, password: str) -> Page:
    page = context.new_page()
    page.goto(f"{origin}/login")
    sign_in(page, email, password)
    return page


def _member(context: BrowserContext, origin: str, town: Town) -> Page:
    return _holding(context, "member", town.cookies["member"], f"/m/{town.shop.slug}")


def _device(context: BrowserContext, origin: str, town: Town) -> Page:
    return _holding(context, "till-device", town.cookies["till-device"], f"/b/{town.shop.slug}/till")


def _holding(context: BrowserContext, name: str, value: str, path: str) -> Page:
    context.add_cookies([{"name": name, "value": value, "domain": "127.0.0.1", "path": path}])
    return context.new_page()


_EYES = {"owner": _owner, "newcomer": _newcomer, "member": _member, "device": _device}


def _tidy(pictures: list[Picture]) -> None:
    """Remove what no page has any more."""
    kept = {picture.file(form) for picture in pictures for form in FORMS} | {INDEX}
    for file in set(FOLDER.iterdir()) - kept:
        file.unlink()


if __name__ == "__main__":
    main(sys.argv[1:])
