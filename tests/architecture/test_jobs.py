"""Jobs are doors to services: every ring names one, and every due row has one that answers."""

from __future__ import annotations

import ast
import importlib
from pathlib import Path

from app.core.queue import queue_names
from app.jobs.schedule import DUE

ROOT = Path(__file__).parents[2]


def _announcements() -> list[ast.Call]:
    calls = [
        node
        for file in sorted((ROOT / "app").rglob("*.py"))
        for node in ast.walk(ast.parse(file.read_text(encoding="utf-8")))
        if isinstance(node, ast.Call) and getattr(node.func, "id", getattr(node.func, "attr", None)) == "announce"
    ]
    return [call for call in calls if {keyword.arg for keyword in call.keywords} == {"queue", "job"}]


def _job(name: str) -> object:
    module, _, function = name.partition(".")
    return getattr(importlib.import_module(f"app.jobs.{module}"), function)


def test_every_due_kind_is_answered_by_a_job_on_a_queue_that_exists() -> None:
    for queue, job in DUE.values():
        assert queue in queue_names
        assert callable(_job(job))


def test_every_announced_kind_is_known_to_the_schedule_under_the_same_job() -> None:
    assert _announcements()
    for call in _announcements():
        named = {keyword.arg: ast.literal_eval(keyword.value) for keyword in call.keywords}
        assert DUE[ast.literal_eval(call.args[0])] == (named["queue"], named["job"])


def test_jobs_are_named_like_the_service_they_call() -> None:
    for _, job in DUE.values():
        module, _, function = job.partition(".")
        source = (ROOT / "app" / "jobs" / f"{module}.py").read_text(encoding="utf-8")
        assert f"def {function}(" in source
        assert "app.services" in source, f"{job} calls no service"
