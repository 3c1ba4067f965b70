"""The pictures in docs/screenshots: every page of the URL map has its four, and they are light."""

from __future__ import annotations

from flask import Flask

from tests.browser.pictures import FOLDER, FORMS, INDEX, index_of, listed, picture_of
from tests.browser.town import page_rules

MOST_BYTES = 12_000_000


def test_every_page_has_a_picture_or_a_reason_why_not(app: Flask) -> None:
    index = INDEX.read_text(encoding="utf-8")
    missing = [
        endpoint
        for endpoint in sorted(page_rules(app))
        if f"- `{endpoint}`: " not in index
        and not all(picture_of(app, endpoint).file(form).name in index for form in FORMS)
    ]
    assert missing == [], "take them: python -m tests.browser.screenshots"
    assert "BROKEN" not in index


def test_the_list_shows_what_is_there_and_says_what_it_shows() -> None:
    index = INDEX.read_text(encoding="utf-8")
    pictures, left_out = listed(index)
    files = {picture.file(form) for picture in pictures for form in FORMS}
    assert files == set(FOLDER.iterdir()) - {INDEX}
    assert all(picture.shows for picture in pictures)
    assert index_of(pictures, left_out) == index


def test_all_of_them_are_light() -> None:
    assert sum(file.stat().st_size for file in FOLDER.iterdir()) < MOST_BYTES
