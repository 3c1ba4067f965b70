"""bin/bench: makes the development environment and becomes `python -m bench`."""

import os
import sys
from typing import NoReturn

from app.embedded import environment
from app.embedded.console import LaunchError, complain


def main() -> NoReturn:
    """`bin/bench NAME …`: the measurements themselves live in bench/."""
    try:
        environment.enter(environment.DEVELOPMENT, "app.embedded.bench")
    except LaunchError as error:
        complain(str(error))
        raise SystemExit(1) from None
    os.execv(sys.executable, [sys.executable, "-m", "bench", *sys.argv[1:]])


if __name__ == "__main__":
    main()
