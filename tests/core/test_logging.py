"""Logs are JSON on standard error, one line an event, whoever writes them: the product or a library."""

from __future__ import annotations

import json
import subprocess
import sys

import pytest

SCRIPT = """
import logging, structlog
from app.core import logging as logs
logs.start("INFO")
log = structlog.get_logger("shop")
with logs.bound(request_id="r-1"):
    log.info("sold\\nsomething", who="Zoë")
    log.debug("left out")
    logging.getLogger("library").warning("careful %s", "now")
    try:
        raise ValueError("odd")
    except ValueError:
        log.exception("failed")
"""


@pytest.fixture(scope="module")
def lines() -> list[dict[str, str]]:
    """What a process wrote."""
    ended = subprocess.run([sys.executable, "-c", SCRIPT], capture_output=True, text=True, check=True)
    assert ended.stdout == ""
    return [json.loads(line) for line in ended.stderr.splitlines()]


def test_each_event_is_one_line_with_what_is_bound_to_it(lines: list[dict[str, str]]) -> None:
    first = lines[0]
    assert first.pop("timestamp").endswith("Z")
    assert first == {"event": "sold\nsomething", "who": "Zoë", "request_id": "r-1", "level": "info", "logger": "shop"}


def test_libraries_write_the_same_lines_and_errors_say_where(lines: list[dict[str, str]]) -> None:
    said = [(line["logger"], line["level"], line["event"], line["request_id"]) for line in lines[1:]]
    assert said == [("library", "warning", "careful now", "r-1"), ("shop", "error", "failed", "r-1")]
    assert "ValueError: odd" in lines[2]["exception"]
