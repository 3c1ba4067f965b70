"""The bench's report: ratios of rounds, verdicts, and sections of results.md that do not touch one another."""

from __future__ import annotations

from pathlib import Path

from bench.report import Row, median_ratio, percentile, table, write_section

FAST = Row("settling", "2,000/s", 1.2, 1.0, "TPC-B 1,700/s")
SLOW = Row("activation", "61.0 ms", 61.0, 50.0, is_at_most=True, unit="ms")


def test_a_goal_is_a_floor_for_ratios_and_a_ceiling_for_times() -> None:
    assert (FAST.is_met, SLOW.is_met) == (True, False)
    assert "| settling | 2,000/s | TPC-B 1,700/s | 1.20 × | ≥ 1 × | yes |" in table([FAST, SLOW])
    assert "≤ 50 ms | **no** |" in table([FAST, SLOW])


def test_the_ratio_is_the_median_of_the_rounds_own_ratios() -> None:
    assert median_ratio([100, 10, 90], [100, 20, 30]) == 1.0


def test_percentiles_are_values_that_were_measured() -> None:
    values = [float(value) for value in range(1, 101)]
    assert (percentile(values, 50), percentile(values, 95), percentile([7.0], 99)) == (50.0, 95.0, 7.0)


def test_a_run_renews_its_own_section_and_leaves_the_others_and_the_notes(tmp_path: Path) -> None:
    results = tmp_path / "results.md"
    write_section("engine", [FAST], results)
    write_section("api", [SLOW], results)
    with results.open("a", encoding="utf-8") as text:
        text.write("\n### Where the time goes\n\nIn the notes.\n")
    write_section("engine", [SLOW], results)
    write_section("api", [FAST], results)
    text_now = results.read_text(encoding="utf-8")
    assert text_now.count("## engine\n") == text_now.count("## api\n") == 1
    assert (
        text_now.index("61.0 ms")
        < text_now.index("## api")
        < text_now.index("2,000/s")
        < text_now.index("In the notes")
    )
