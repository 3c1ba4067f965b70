"""Rows of a measurement: their medians, percentiles and goals, printed and kept in bench/results.md."""

from __future__ import annotations

import re
import statistics
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

from bench import machine

RESULTS = Path(__file__).with_name("results.md")
HEADER = (
    "# Results\n\nWritten by `bin/bench NAME`; each run renews its own section. "
    "What a ratio is taken of was measured in the same run, alternately.\n"
)
COLUMNS = ("work", "measured", "beside it", "ratio", "goal", "met")


@dataclass(frozen=True, slots=True)
class Row:
    """One line of the table; `value` is compared with `goal` in the sense of `is_at_most`."""

    work: str
    measured: str
    value: float
    goal: float
    reference: str = ""
    is_at_most: bool = False
    unit: str = "×"

    @property
    def is_met(self) -> bool:
        """Whether the goal is reached."""
        return self.value <= self.goal if self.is_at_most else self.value >= self.goal

    def cells(self) -> tuple[str, ...]:
        """The row as the table shows it."""
        sign = "≤" if self.is_at_most else "≥"
        ratio = f"{self.value:.2f} ×" if self.unit == "×" else ""
        verdict = "yes" if self.is_met else "**no**"
        return (self.work, self.measured, self.reference, ratio, f"{sign} {self.goal:g} {self.unit}", verdict)


def median(values: Sequence[float]) -> float:
    """The middle one."""
    return statistics.median(values)


def percentile(values: Sequence[float], percent: float) -> float:
    """The value below which `percent` of the values lie (nearest rank)."""
    ordered = sorted(values)
    place = max(0, min(len(ordered) - 1, round(percent / 100 * len(ordered)) - 1))
    return ordered[place]


def spread(values: Sequence[float], unit: str, digits: int = 1) -> str:
    """The median with p95 and p99, for example "1.2 ms (p95 1.4, p99 2.0)"."""
    p95, p99 = percentile(values, 95), percentile(values, 99)
    return f"{statistics.median(values):.{digits}f} {unit} (p95 {p95:.{digits}f}, p99 {p99:.{digits}f})"


def rates(values: Sequence[float]) -> str:
    """The median of rates with their range, for example "5,100/s (4,900–5,300)"."""
    return f"{statistics.median(values):,.0f}/s ({min(values):,.0f}–{max(values):,.0f})"


def median_ratio(values: Sequence[float], references: Sequence[float]) -> float:
    """The median of the rounds' ratios: both sides of a round met the same weather."""
    return statistics.median(value / reference for value, reference in zip(values, references, strict=True))


def print_rows(rows: Sequence[Row]) -> None:
    """Print the table for the terminal."""
    print(table(rows), flush=True)


def table(rows: Sequence[Row]) -> str:
    """The rows as a Markdown table."""
    lines = [COLUMNS, tuple("---" for _ in COLUMNS), *(row.cells() for row in rows)]
    return "\n".join(f"| {' | '.join(cells)} |" for cells in lines)


def write_section(name: str, rows: Sequence[Row], results: Path = RESULTS) -> None:
    """Renew the section of one measurement; the other sections, and notes below `###`, stay."""
    text = results.read_text(encoding="utf-8") if results.exists() else HEADER
    found = re.search(rf"(?ms)^## {name}\n.*?(?=^## |^### |\Z)", text)
    section = f"## {name}\n\n{machine.description()}\n\n{table(rows)}\n\n"
    renewed = text[: found.start()] + section + text[found.end() :] if found else f"{text.rstrip()}\n\n{section}"
    results.write_text(f"{renewed.rstrip()}\n", encoding="utf-8")
