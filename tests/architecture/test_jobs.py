"""Jobs are doors to services: every ring names one, and every due row has one that answers."""

from __future__ import annotations

import ast
import importlib
from pathlib import Path

from app.core.queue import queue_names, rounds_of
from app.jobs.schedule import DUE

ROOT = Path(__file__).parents[2]
JOBS = ROOT / "app" / "jobs"


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


def test_every_job_is_rung_by_a_due_row_or_a_tick() -> None:
    ticks = ast.parse((JOBS / "schedule.py").read_text(encoding="utf-8"))
    texts = {node.value for node in ast.walk(ticks) if isinstance(node, ast.Constant)}
    jobs = {f"{file.stem}.{name}" for file in JOBS.glob("*.py") for name in _decorated(file)}
    assert jobs and jobs - texts == set()


def test_every_round_goes_round_with_a_job_of_the_same_module() -> None:
    for job, goes_round in rounds_of.items():
        assert job in {name for _, name in DUE.values()}
        assert callable(_job(job)) and callable(_job(goes_round))
        assert job.partition(".")[0] == goes_round.partition(".")[0]


def test_jobs_are_named_like_the_service_they_call() -> None:
    for file in JOBS.glob("*.py"):
        for name in _decorated(file):
            assert name.partition("_")[0] in _verbs_of_services(file), f"{file.name}: {name}"


def test_every_queue_is_worked_by_exactly_one_kind_of_worker() -> None:
    lines = (ROOT / "Procfile").read_text(encoding="utf-8").splitlines()
    worked = [name for line in lines if "app.worker" in line for name in line.rpartition("app.worker")[2].split()]
    assert sorted(worked) == sorted(queue_names)


def _decorated(file: Path) -> list[str]:
    tree = ast.parse(file.read_text(encoding="utf-8"))
    return [
        node.name
        for node in tree.body
        if isinstance(node, ast.FunctionDef)
        and "job" in {ast.unparse(d).partition("(")[0] for d in node.decorator_list}
    ]


def _verbs_of_services(file: Path) -> set[str]:
    """Return the first words of what the services that a file imports offer: settle, relay, send …"""
    tree = ast.parse(file.read_text(encoding="utf-8"))
    imports = [node for node in ast.walk(tree) if isinstance(node, ast.ImportFrom) and node.module]
    named = {alias.name for node in imports if node.module == "app.services" for alias in node.names}
    named |= {str(node.module).rpartition(".")[2] for node in imports if str(node.module).startswith("app.services.")}
    functions = (name for module in named for name in vars(importlib.import_module(f"app.services.{module}")))
    return {name.partition("_")[0] for name in functions if not name.startswith("_")}
