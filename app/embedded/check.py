"""bin/check: style, types, import contracts, templates and known vulnerabilities; all of them run, then it fails."""

import json
import subprocess
import sys
import time
from collections.abc import Callable
from functools import partial

from app.embedded import environment
from app.embedded.console import LaunchError, complain, say
from app.embedded.paths import PROJECT

AUDIT = "packages without known vulnerabilities"
AUDIT_SECONDS = 120
LINES_OF_FAILURE = 200
STEPS = {
    "lint": ["ruff", "check"],
    "format": ["ruff", "format", "--check"],
    "types": ["mypy"],
    "import contracts": ["lint-imports"],
    "templates: lint": ["djlint", "app/templates", "--lint"],
    "templates: format": ["djlint", "app/templates", "--check"],
}


def main() -> int:
    """Run every step, print each with its time in seconds, and return 1 when any of them failed."""
    try:
        environment.enter(environment.DEVELOPMENT, "app.embedded.check")
    except LaunchError as error:
        complain(str(error))
        return 1
    steps: dict[str, Callable[[], str]] = {name: partial(_run, command) for name, command in STEPS.items()}
    steps[AUDIT] = _audit
    failed = [name for name, step in steps.items() if not _timed(name, step)]
    say(f"\nfailed: {', '.join(failed)}" if failed else "\nall checks passed")
    return 1 if failed else 0


def _timed(name: str, step: Callable[[], str]) -> bool:
    started = time.monotonic()
    complaint = step()
    say(f"{'FAILED' if complaint else 'ok':6}  {name}  {time.monotonic() - started:.1f} s")
    if complaint:
        say(complaint)
    return not complaint


def _run(command: list[str]) -> str:
    program = str(environment.PYTHON.parent / command[0])
    answer = subprocess.run([program, *command[1:]], cwd=PROJECT, capture_output=True, text=True, check=False)
    if answer.returncode == 0:
        return ""
    lines = (answer.stdout + answer.stderr).strip().splitlines() or [f"exit status {answer.returncode}"]
    return "\n".join(lines[-LINES_OF_FAILURE:])


def _audit() -> str:
    """Return what pip-audit found; an index without such news, or out of reach, is said and passes."""
    options = ["--require-hashes", "--disable-pip", "--no-deps", "--progress-spinner=off", "--format=json"]
    command = [sys.executable, "-m", "pip_audit", "-r", str(PROJECT / environment.RUNTIME), *options]
    try:
        answer = subprocess.run(command, capture_output=True, text=True, timeout=AUDIT_SECONDS, check=False)
        packages = json.loads(answer.stdout)["dependencies"]
    except (subprocess.TimeoutExpired, ValueError, KeyError):
        say("        (the index could not be asked for known vulnerabilities: not audited)")
        return ""
    audited = [package for package in packages if "vulns" in package]
    say(f"        ({len(audited)} of {len(packages)} packages are known to the index's list of vulnerabilities)")
    return "\n".join(_words(package) for package in audited if package["vulns"])


def _words(package: dict[str, object]) -> str:
    vulnerabilities = package["vulns"]
    assert isinstance(vulnerabilities, list)
    return f"{package['name']} {package['version']}: {', '.join(str(found['id']) for found in vulnerabilities)}"


if __name__ == "__main__":
    raise SystemExit(main())
