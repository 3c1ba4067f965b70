"""The rules of the design system, kept by a test: colours live in the tokens, icons in the sprite."""

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


@pytest.mark.parametrize("sheet", SHEETS, ids=relative)
def test_a_stylesheet_stays_short(sheet: Path) -> None:
    assert len(sheet.read_text().splitlines()) <= 300


def test_every_icon_a_template_names_is_in_the_sprite() -> None:
    named = {name for path in TEMPLATES for name in re.findall(r'icon\("([a-z-]+)"', path.read_text())}
    assert {name for name in named if f'id="{name}"' not in SPRITE} == set()
