"""Failpoints hold a process of the tests, and nobody else's."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

from app.embedded.paths import PROJECT
from app.embedded.processes import wait_until

REACH = "from app.core import failpoints; failpoints.reach('here'); print('gone on')"

SECONDS = 50
"""What a process may take until it is there on a machine that is busy with others."""


def _reaching(folder: Path, **environment: str) -> subprocess.Popen[str]:
    return subprocess.Popen(
        [sys.executable, "-c", REACH],
        cwd=PROJECT,
        env=os.environ | {"FAILPOINTS": str(folder), "REGULARS_TESTING": ""} | environment,
        stdout=subprocess.PIPE,
        text=True,
    )


def test_a_process_stands_still_at_a_held_failpoint_until_it_is_released(tmp_path: Path) -> None:
    (tmp_path / "here").touch()
    with _reaching(tmp_path, REGULARS_TESTING="1") as process:
        assert wait_until((tmp_path / f"here.{process.pid}").exists, SECONDS)
        assert process.poll() is None
        (tmp_path / "here").unlink()
        assert process.communicate(timeout=SECONDS)[0] == "gone on\n"


def test_outside_tests_no_failpoint_holds(tmp_path: Path) -> None:
    (tmp_path / "here").touch()
    with _reaching(tmp_path) as process:
        assert process.communicate(timeout=SECONDS)[0] == "gone on\n"
    assert list(tmp_path.iterdir()) == [tmp_path / "here"]
