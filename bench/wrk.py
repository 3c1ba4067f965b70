"""Drives wrk: a compiled load generator, whose script says the percentiles and errors as one line of JSON."""

from __future__ import annotations

import json
import os
import subprocess
import tempfile
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from uuid import UUID

from bench.tools import tool

CONNECTIONS = 16
SCRIPT = Path(__file__).with_name("requests.lua")


@dataclass(frozen=True, slots=True)
class Load:
    """What came of a run: answers a second, milliseconds, and how many were not 2xx or not answered."""

    answered: int
    seconds: float
    p50: float
    p95: float
    p99: float
    errors: int

    @property
    def a_second(self) -> float:
        """Answers a second."""
        return self.answered / self.seconds


def load(
    url: str, seconds: float, *, key: str = "", body: str = "", mark: str = "", members: Sequence[UUID] = ()
) -> Load:
    """Run wrk at 16 connections; with a `body` it POSTs. Raises RuntimeError when an answer was an error.

    In the address and the body, MEMBER stands for one of `members` after another, ORDER for an order id that no other
    request of the same `mark` has.
    """
    variables = {"BENCH_KEY": key, "BENCH_BODY": body, "BENCH_MARK": mark, "BENCH_MEMBERS": ",".join(map(str, members))}
    found = _run(url, seconds, variables)
    if found.errors or not found.answered:
        raise RuntimeError(f"{found.errors} of {found.answered} answers of {url} were errors")
    return found


def mixed_load(url: str, seconds: float, mark: str, requests: Sequence[tuple[str, str, str, str]]) -> Load:
    """Send requests of (method, path, key, body) round and round; ORDER in a body is as in `load`. Errors are told."""
    with tempfile.NamedTemporaryFile("w", suffix=".tsv") as file:
        file.writelines("\t".join(each) + "\n" for each in requests)
        file.flush()
        return _run(url, seconds, {"BENCH_MIX": file.name, "BENCH_MARK": mark})


def _run(url: str, seconds: float, variables: Mapping[str, str]) -> Load:
    command: list[str | Path] = [tool("wrk"), "-t1", f"-c{CONNECTIONS}", f"-d{seconds:g}s", "-s", SCRIPT, url]
    answer = subprocess.run(command, env={**os.environ, **variables}, capture_output=True, text=True, check=True)
    return Load(**json.loads(answer.stdout.strip().splitlines()[-1]))
