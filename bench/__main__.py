"""`python -m bench NAME [--rounds N]`: measures, prints the rows, renews bench/results.md."""

from __future__ import annotations

import argparse
import sys
from collections.abc import Callable

from bench import api, crowd, earning, engine, growth, mixed, noisy, start, till
from bench.report import Row, print_rows, write_section
from bench.tools import MissingTool

BENCHES: dict[str, Callable[[int], list[Row]]] = {
    "start": start.measure,
    "engine": engine.measure,
    "earning": earning.measure,
    "api": api.measure,
    "growth": growth.measure,
    "crowd": crowd.measure,
    "till": till.measure,
    "mixed": mixed.measure,
    "noisy": noisy.measure,
}
LEAST_ROUNDS = 5


def main(arguments: list[str]) -> int:
    """Run one measurement; the exit status is 1 when a goal was missed, 2 when a program was not there."""
    parser = argparse.ArgumentParser(prog="bin/bench", description="Measure, and renew bench/results.md.")
    parser.add_argument("name", choices=list(BENCHES))
    parser.add_argument("--rounds", type=int, default=LEAST_ROUNDS, help="how often each side is measured (default 5)")
    chosen = parser.parse_args(arguments)
    try:
        rows = BENCHES[chosen.name](chosen.rounds)
    except MissingTool as error:
        print(error, file=sys.stderr)
        return 2
    print_rows(rows)
    if chosen.rounds >= LEAST_ROUNDS:
        write_section(chosen.name, rows)
    return 0 if all(row.is_met for row in rows) else 1


if __name__ == "__main__":
    raise SystemExit(main(sys.argv[1:]))
