"""What is drawn from the code is drawn anew when the code changes."""

from __future__ import annotations

from pathlib import Path

from flask import Flask

ROOT = Path(__file__).parents[2]


def test_the_diagram_of_the_tables_is_up_to_date(app: Flask) -> None:
    picture = ROOT / "docs" / "er-diagram.md"
    answer = app.test_cli_runner().invoke(args=["docs", "er-diagram", "--check", "--file", str(picture)])
    assert answer.exit_code == 0, answer.output


def test_a_diagram_that_is_out_of_date_is_told_and_made_anew(app: Flask, tmp_path: Path) -> None:
    runner, picture = app.test_cli_runner(), tmp_path / "tables.md"
    picture.write_text("The tables of last year")
    stale = runner.invoke(args=["docs", "er-diagram", "--check", "--file", str(picture)])
    assert (stale.exit_code, "out of date" in stale.output) == (1, True)
    assert runner.invoke(args=["docs", "er-diagram", "--file", str(picture)]).exit_code == 0
    assert runner.invoke(args=["docs", "er-diagram", "--check", "--file", str(picture)]).exit_code == 0
