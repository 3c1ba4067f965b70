"""`bin/bench start`: how long a warm bin/run takes until /readyz answers, with the demo business in its database."""

from __future__ import annotations

import os
import signal
import subprocess
import time
from pathlib import Path

from app.embedded.paths import PROJECT
from app.embedded.processes import wait_until
from bench.report import Row, median, spread
from bench.stack import temporary_instance
from bench.web import HOST, answers, free_port

READY_SECONDS = 600.0
STOP_SECONDS = 60.0
GOAL_SECONDS = 8.0
LOOK_SECONDS = 0.02


def measure(rounds: int) -> list[Row]:
    """One cold start makes the data and the demo; then so many warm ones are timed."""
    with temporary_instance() as instance:
        cold = seconds_to_ready(instance)
        warm = [seconds_to_ready(instance) for _ in range(rounds)]
    row = Row(
        "warm bin/run to /readyz",
        spread(warm, "s"),
        median(warm),
        GOAL_SECONDS,
        f"first start {cold:.1f} s",
        is_at_most=True,
        unit="s",
    )
    return [row]


def seconds_to_ready(instance: Path) -> float:
    """Start bin/run on an instance, time it until it is ready, and stop it again."""
    port = free_port()
    variables = {"INSTANCE_PATH": str(instance), "HOST": HOST, "PORT": str(port)}
    began = time.monotonic()
    with (instance / "run.log").open("ab") as log:
        process = subprocess.Popen(
            [PROJECT / "bin" / "run"], env=os.environ | variables, stdin=subprocess.DEVNULL, stdout=log, stderr=log
        )
    try:
        is_ready = wait_until(
            lambda: answers(f"http://{HOST}:{port}/readyz") or process.poll() is not None, READY_SECONDS, LOOK_SECONDS
        )
        took = time.monotonic() - began
        if not is_ready or process.poll() is not None:
            raise RuntimeError((instance / "run.log").read_text(encoding="utf-8")[-2000:])
        return took
    finally:
        process.send_signal(signal.SIGINT)
        wait_until(lambda: process.poll() is not None, STOP_SECONDS)
        process.kill()
        process.wait()
