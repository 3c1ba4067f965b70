"""Files stay small enough to be read in one go."""

from __future__ import annotations

from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]
PYTHON = [file for folder in ("app", "tests", "migrations", "bench") for file in (ROOT / folder).rglob("*.py")]
TEMPLATES = [file for file in (ROOT / "app" / "templates").rglob("*") if file.is_file()]
MOST_LINES = 300
MOST_TEMPLATE_LINES = 150


@pytest.mark.parametrize(("files", "most"), [(PYTHON, MOST_LINES), (TEMPLATES, MOST_TEMPLATE_LINES)])
def test_no_file_is_longer_than_its_limit(files: list[Path], most: int) -> None:
    assert files
    lengths = {str(file.relative_to(ROOT)): len(file.read_text(encoding="utf-8").splitlines()) for file in files}
    assert {name: length for name, length in lengths.items() if length > most} == {}


def test_every_module_says_in_one_sentence_what_lives_there() -> None:
    modules = [file for file in (ROOT / "app").rglob("*.py") if file.read_text(encoding="utf-8").strip()]
    silent = [str(file.relative_to(ROOT)) for file in modules if not _says_something(file)]
    assert silent == []


def _says_something(file: Path) -> bool:
    first = file.read_text(encoding="utf-8").lstrip()
    return first.startswith(('"""', 'r"""'))
