"""``python -m tests.oracle``: the totals per program of a scenario, as a small table."""

from __future__ import annotations

import argparse
import time
from collections import Counter
from typing import Any

from tests.oracle import scenarios
from tests.oracle.oracle import compute

# fmt: off
SHOWN = [
    "active", "pending", "expired", "owed", "lifetime", "punches", "stamps", "punches_counted", "stamps_counted",
    "visit_days", "unused", "spent", "issued", "revoked", "open", "metric", "earned", "cancelled", "paid",
    "pending_if_reevaluated",
]
# fmt: on


def totals(result: dict[str, dict[str, dict[str, Any]]]) -> dict[str, dict[str, int]]:
    """{program key: {figure: sum over the members}}; tiers are counted by name."""
    sums: dict[str, Counter[str]] = {}
    for by_program in result.values():
        for key, values in by_program.items():
            row = sums.setdefault(key, Counter())
            row.update({name: values[name] for name in SHOWN if name in values})
            if "tier" in values:
                row[f"tier {values['tier']}"] += 1
                row["tier changes"] += len(values["history"])
            for purchase in values["purchases"].values():
                row[f"· {purchase['code'] or 'granted'}"] += 1
    return {key: dict(row) for key, row in sums.items()}


def place(pair: tuple[str, int]) -> tuple[int, str]:
    """Figures in the order of SHOWN, then the rest by name."""
    return (SHOWN.index(pair[0]) if pair[0] in SHOWN else len(SHOWN), pair[0])


def main() -> None:
    parser = argparse.ArgumentParser(prog="python -m tests.oracle", description=__doc__)
    parser.add_argument("scenario", nargs="?", default="base", choices=("base", "disturbed", "shuffled"))
    parser.add_argument("--seed", type=int, default=20250324)
    options = parser.parse_args()
    arrivals = scenarios.base()
    if options.scenario == "disturbed":
        arrivals = scenarios.disturbed(options.seed)
    elif options.scenario == "shuffled":
        arrivals = scenarios.shuffled(options.seed)
    began = time.perf_counter()
    result = compute(arrivals, scenarios.load_programs(), scenarios.CLOCK)
    took = time.perf_counter() - began
    print(f"{options.scenario}: {len(result)} members at {scenarios.CLOCK.isoformat()}, {took:.1f} s")
    print("Money in minor units. Lines with · count purchases by what became of them.\n")
    for key, row in totals(result).items():
        print(key)
        for name, value in sorted(row.items(), key=place):
            print(f"    {name:<28}{value:>12,}")


if __name__ == "__main__":
    main()
