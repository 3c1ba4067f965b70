"""With --cov: app/domain must be covered to 100 % with branches, the whole to 85 %; the run fails below."""

import io
from pathlib import Path

import coverage
import pytest

DOMAIN_PERCENT = 100.0
WHOLE_PERCENT = 85.0
DOMAIN = "app/domain/*"

_verdict = pytest.StashKey[list[str]]()


@pytest.hookimpl(trylast=True)
def pytest_sessionfinish(session: pytest.Session) -> None:
    """Weigh the collected coverage once, in the process that has collected it from all workers."""
    config = session.config
    if not _is_judge(config) or not Path(".coverage").exists():
        return
    domain, whole = _percent(DOMAIN), _percent(None)
    config.stash[_verdict] = [_line("app/domain", domain, DOMAIN_PERCENT), _line("app", whole, WHOLE_PERCENT)]
    if (domain < DOMAIN_PERCENT or whole < WHOLE_PERCENT) and session.exitstatus == pytest.ExitCode.OK:
        session.exitstatus = pytest.ExitCode.TESTS_FAILED


@pytest.hookimpl(trylast=True)
def pytest_terminal_summary(terminalreporter: pytest.TerminalReporter) -> None:
    """Print both figures beside their thresholds."""
    for line in terminalreporter.config.stash.get(_verdict, []):
        terminalreporter.write_line(line)


def _is_judge(config: pytest.Config) -> bool:
    return bool(getattr(config.option, "cov_source", None)) and not hasattr(config, "workerinput")


def _percent(include: str | None) -> float:
    """Return covered lines and branches of the files (all, or those that match) in percent."""
    data = coverage.Coverage()
    data.load()
    return data.report(include=include, file=io.StringIO())


def _line(name: str, percent: float, threshold: float) -> str:
    verdict = "ok" if percent >= threshold else "TOO LOW"
    return f"coverage of {name} with branches: {percent:.2f} % (at least {threshold:.0f} %) {verdict}"
