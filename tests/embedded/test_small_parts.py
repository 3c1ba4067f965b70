"""The launcher's readers and writers: Procfile, .env, secrets."""

import re
import stat
from pathlib import Path

import pytest

from app.embedded import procfile, secrets, settings
from app.embedded.console import LaunchError


def test_the_procfile_names_the_five_processes() -> None:
    commands = procfile.read(Path("Procfile"))
    assert list(commands) == ["web", "worker_earning", "worker_outside", "worker_webhooks", "scheduler"]
    assert commands["worker_earning"] == "python -m app.worker earning"


def test_secrets_are_made_once_and_are_for_their_owner_alone(tmp_path: Path) -> None:
    file = tmp_path / "secrets"
    first = secrets.ensure(file)
    assert all(len(secret) >= 64 for secret in first.values())
    assert stat.S_IMODE(file.stat().st_mode) == 0o600
    assert secrets.ensure(file) == first


def test_dot_env_is_read_without_comments_and_quotes(tmp_path: Path) -> None:
    file = tmp_path / ".env"
    file.write_text("# the till\nPORT=8001\n\nexport BASE_URL='https://alma.example'\n#DEMO=off\n")
    assert settings.parse(file) == {"PORT": "8001", "BASE_URL": "https://alma.example"}


def test_a_port_that_is_no_number_is_said_clearly(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("PORT", "eighty")
    with pytest.raises(LaunchError, match="PORT is 'eighty'"):
        settings.read()


def test_every_variable_is_explained_in_the_example() -> None:
    explained = Path(".env.example").read_text(encoding="utf-8")
    launcher = {
        "PORT",
        "HOST",
        "INSTANCE_PATH",
        "BASE_URL",
        "DEMO",
        "PG_BIN",
        "WEB_SERVER",
        "WEB_WORKERS",
        "WEB_THREADS",
    }
    product = set(re.findall(r'env(?:\.get\(|\[)"([A-Z_]+)"', Path("app/core/config.py").read_text(encoding="utf-8")))
    unexplained = {name for name in launcher | product | set(secrets.NAMES) if f"#{name}=" not in explained}
    assert unexplained <= {"REGULARS_PROCESS"}, "each needs a line in .env.example; the last one is set by the launcher"


def test_the_development_lock_contains_the_runtime_lock() -> None:
    def pins(file: str) -> set[str]:
        lines = Path(file).read_text(encoding="utf-8").splitlines()
        return {line.split(" ", 1)[0] for line in lines if "==" in line and not line.startswith(" ")}

    assert pins("requirements.lock") <= pins("requirements-dev.lock")
