"""A worker that dies in the middle of a job: `python -m tests.faults.killed_job JOB BUSINESS STEP BATCH`.

Its clock is REGULARS_CLOCK. STEP is "module.function" of app.services: after its second call, before that is committed,
the process kills itself. BATCH names the constant of that module that says how many are taken at once; here it is one.
"""

from __future__ import annotations

import importlib
import os
import signal
import sys
from collections.abc import Callable

from app.core.config import Settings
from app.factory import create_app
from app.jobs import runtime


def main(job: str, business_id: str, step: str, batch: str) -> None:
    """Serve one job of one business, and die of its second step."""
    runtime.serve(create_app(Settings.from_env(os.environ)))
    module_name, _, name = step.partition(".")
    module = importlib.import_module(f"app.services.{module_name}")
    setattr(module, batch, 1)
    setattr(module, name, _deadly(getattr(module, name)))
    job_module, _, function = job.partition(".")
    getattr(importlib.import_module(f"app.jobs.{job_module}"), function)(business_id)


def _deadly(step: Callable[[], int]) -> Callable[[], int]:
    calls: list[int] = []

    def run() -> int:
        calls.append(step())
        if len(calls) == 2:
            os.kill(os.getpid(), signal.SIGKILL)
        return calls[-1]

    return run


if __name__ == "__main__":
    main(*sys.argv[1:])
