"""Templates carry no script, no style and nothing of another origin: the content policy would refuse it."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

FOLDER = Path(__file__).parents[2] / "app" / "templates"
MAILS = {FOLDER / "layouts" / "mail.html", *(FOLDER / "messages").rglob("*.html")}  # no policy reaches into a mailbox
TEMPLATES = sorted(set(FOLDER.rglob("*.html")) - MAILS)

FORBIDDEN = {
    "an inline script": re.compile(r"<script(?![^>]*\bsrc=)", re.I),
    "an inline style sheet": re.compile(r"<style\b", re.I),
    "a style attribute": re.compile(r"\sstyle\s*=", re.I),
    "an event attribute": re.compile(r"\son[a-z]+\s*=\s*[\"']", re.I),
    "a javascript: address": re.compile(r"javascript:", re.I),
    "another origin": re.compile(r"(?:src|href|action)\s*=\s*[\"'](?:https?:)?//", re.I),
    "unescaped output": re.compile(r"\|\s*safe\b"),
}


@pytest.mark.parametrize("what", FORBIDDEN)
def test_no_template_has(what: str) -> None:
    assert TEMPLATES
    found = [file.name for file in TEMPLATES if FORBIDDEN[what].search(_without_comments(file))]
    assert found == []


def test_every_form_that_changes_something_carries_the_token() -> None:
    bare = []
    for file in TEMPLATES:
        source = _without_comments(file)
        for form in re.findall(r"<form\b.*?</form>", source, re.S | re.I):
            is_change = re.search(r"method\s*=\s*[\"']post", form, re.I)
            if is_change and "csrf" not in form:
                bare.append(file.name)
    assert bare == []


def _without_comments(file: Path) -> str:
    return re.sub(r"{#.*?#}", "", file.read_text(encoding="utf-8"), flags=re.S)
