"""bin/test: makes the development environment and becomes pytest, whose plugins start PostgreSQL and Valkey."""

import os
import sys
from typing import NoReturn

from app.embedded import environment
from app.embedded.console import LaunchError, complain

MOST_WORKERS = 8  # as many have databases of their own in Valkey
COVERAGE = ["--cov=app", "--cov-report=term:skip-covered"]


def main() -> NoReturn:
    """`bin/test [--cov] [--long] [pytest's arguments]`; pytest's exit status, its summary line comes last."""
    try:
        environment.enter(environment.DEVELOPMENT, "app.embedded.test")
    except LaunchError as error:
        complain(str(error))
        raise SystemExit(1) from None
    os.execv(sys.executable, [sys.executable, "-m", "pytest", *pytest_arguments(sys.argv[1:])])


def pytest_arguments(given: list[str]) -> list[str]:
    """Return pytest's arguments: one worker for each processor unless told otherwise, `--cov` with our report."""
    workers = min(os.cpu_count() or 1, MOST_WORKERS)
    found = ["-n", str(workers), "--dist", "loadfile"]
    for argument in given:
        found += COVERAGE if argument == "--cov" else [argument]
    return found


if __name__ == "__main__":
    main()
