"""The rules of the design system, kept by a test: colours live in the tokens, pages obey the strict policy."""

import re
from pathlib import Path

import pytest

APP = Path(__file__).parents[2] / "app"
SHEETS = sorted((APP / "static" / "css").glob("*.css"))
TEMPLATES = sorted((APP / "templates").rglob("*.html"))
SPRITE = (APP / "static" / "icons.svg").read_text()


def relative(path: Path) -> str:
    """Name a file by its place in the application."""
    return path.relative_to(APP).as_posix()


@pytest.mark.parametrize("sheet", [path for path in SHEETS if path.name != "tokens.css"], ids=relative)
def test_a_stylesheet_spells_out_no_colour(sheet: Path) -> None:
    assert re.findall(r"#[0-9a-f]{3,8}\b|rgba?\(", re.sub(r"mask:[^;]*;", "", sheet.read_text())) == []


@pytest.mark.parametrize("template", TEMPLATES, ids=relative)
def test_a_template_has_no_inline_style_script_or_foreign_address(template: Path) -> None:
    text = template.read_text()
    assert re.findall(r"\sstyle=|<style|\son[a-z]+=|<script(?![^>]*\ssrc=)|https?://(?!www\.w3\.org)", text) == []


@pytest.mark.parametrize("path", [*SHEETS, *TEMPLATES], ids=relative)
def test_a_template_or_sheet_stays_short(path: Path) -> None:
    limit = 150 if path.suffix == ".html" else 300
    assert len(path.read_text().splitlines()) <= limit


def test_every_icon_a_template_names_is_in_the_sprite() -> None:
    named = {name for path in TEMPLATES for name in re.findall(r'icon\("([a-z-]+)"', path.read_text())}
    assert {name for name in named if f'id="{name}"' not in SPRITE} == set()
