"""Where the pictures of the pages lie, what each is called, and the list that shows them all."""

from __future__ import annotations

import html
import io
import re
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

from flask import Flask
from PIL import Image

FOLDER = Path(__file__).parents[2] / "docs" / "screenshots"
INDEX = FOLDER / "README.md"
SIZES = {"desktop": (1280, 900), "phone": (390, 844)}
SCHEMES = ("light", "dark")
FORMS = [f"{size}-{scheme}" for size in SIZES for scheme in SCHEMES]
COLOURS = 128
SHOWN_WIDTH = {"desktop": 380, "phone": 130}
AREAS = {
    "auth": "Signing up and in",
    "business": "What owners and managers see",
    "till": "At the counter",
    "portal": "What members see",
    "public": "For everybody",
    "moods": "Empty, locked, not found",
}
_WEB = "app.web."
_LISTED = re.compile(r'<img src="(\w+)-([\w-]+)-desktop-light\.webp" width="\d+" alt="(.*), desktop, light">')
_LEFT_OUT = re.compile(r"^- `(\S+)`: (.+)$", re.MULTILINE)
_DASHES = str.maketrans("._", "--")


@dataclass(frozen=True, order=True)
class Picture:
    """One page in its four forms: where it belongs, its name there, and what it shows."""

    area: str
    name: str
    shows: str = ""

    def file(self, form: str) -> Path:
        """Return where one of its forms lies."""
        return FOLDER / f"{self.area}-{self.name}-{form}.webp"

    def called(self, word: str) -> bool:
        """Say whether a word is part of its file's name."""
        return word in f"{self.area}-{self.name}"


def picture_of(app: Flask, endpoint: str) -> Picture:
    """Return how the picture of an endpoint's page is called: by the folder of its view and its name."""
    module = app.view_functions[endpoint].__module__
    area = module.removeprefix(_WEB).partition(".")[0]
    return Picture(area, endpoint.translate(_DASHES).removeprefix(f"{area}-"))


def packed(png: bytes) -> bytes:
    """Return a screenshot with few colours and without loss besides: a fifth of its size."""
    few = Image.open(io.BytesIO(png)).convert("RGB").quantize(COLOURS, dither=Image.Dither.NONE)
    result = io.BytesIO()
    few.convert("RGB").save(result, "WEBP", lossless=True, method=4)
    return result.getvalue()


def index_of(pictures: Iterable[Picture], left_out: Mapping[str, str]) -> str:
    """Return the list of all pictures, area by area, and of the addresses that have none, with the reason."""
    sorted_pictures = sorted(pictures, key=lambda one: (list(AREAS).index(one.area), one.name))
    lines = [
        "# Screenshots",
        "",
        "Every page of Regulars, light and dark, on a desktop and on a phone. All of this, this page too, is made by",
        "`python -m tests.browser.screenshots`; tests/browser/test_screenshots.py knows when a page is missing.",
    ]
    for area, title in AREAS.items():
        lines += ["", f"## {title}"]
        for picture in sorted_pictures:
            if picture.area == area:
                lines += ["", f"### {picture.name}", "", html.escape(picture.shows), "", *_shown(picture)]
    lines += ["", "## Addresses without a picture", ""]
    lines += [f"- `{endpoint}`: {reason}" for endpoint, reason in sorted(left_out.items())]
    return "\n".join(lines) + "\n"


def listed(index: str) -> tuple[list[Picture], dict[str, str]]:
    """Read a list back: its pictures, and the addresses that have none."""
    found = [Picture(area, name, html.unescape(shows)) for area, name, shows in _LISTED.findall(index)]
    return found, dict(_LEFT_OUT.findall(index))


def _shown(picture: Picture) -> Sequence[str]:
    return [
        f'<img src="{picture.file(form).name}" width="{SHOWN_WIDTH[form.partition("-")[0]]}"'
        f' alt="{html.escape(picture.shows)}, {form.replace("-", ", ")}">'
        for form in FORMS
    ]
