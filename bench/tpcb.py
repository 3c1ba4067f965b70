"""pgbench's TPC-B beside the product, on the same embedded cluster: the measure of what durable commits cost here."""

from __future__ import annotations

import re
import subprocess
from pathlib import Path

import psycopg

from app.embedded.services import Services
from bench.tools import tool

DATABASE = "tpcb"
SCALE = 20
CLIENTS = 8
THREADS = 2


class TpcB:
    """The scale is more than twice the clients, so that they seldom wait for one another's branch."""

    def __init__(self, services: Services) -> None:
        self._program = tool("pgbench")
        self._sockets = services.places.sockets
        url = services.superuser_url("postgres").replace("postgresql+psycopg://", "postgresql://")
        with psycopg.connect(url, autocommit=True) as connection:
            connection.execute(f"CREATE DATABASE {DATABASE}")
        self._run("-i", "-q", "-s", str(SCALE))

    def measure(self, seconds: int = 5) -> float:
        """Transactions a second of 8 clients."""
        said = self._run("-n", "-c", str(CLIENTS), "-j", str(THREADS), "-T", str(seconds))
        found = re.search(r"tps = ([\d.]+)", said)
        if found is None:
            raise RuntimeError(f"pgbench said no rate:\n{said}")
        return float(found[1])

    def _run(self, *options: str) -> str:
        command: list[str | Path] = [self._program, "-h", self._sockets, "-U", "postgres", *options, DATABASE]
        return subprocess.run(command, capture_output=True, text=True, check=True).stdout
