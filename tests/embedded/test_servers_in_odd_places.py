"""The servers where things are not as usual: closed paths, leftovers of a crash, somebody else's database."""

import os
import shutil
import subprocess
import sys
import sysconfig
from pathlib import Path

import psycopg
import pytest

from app.embedded import account, paths
from app.embedded.processes import is_running
from app.embedded.services import Services
from tests.support.databases import plain_url


@pytest.fixture
def closed(folder: Path) -> Path:
    """An instance's path that only its owner can pass."""
    home = folder / "home"
    home.mkdir(mode=0o700)
    return home / "instance"


def test_roots_data_in_a_closed_path_go_to_var_lib_and_an_ordinary_users_stay(closed: Path) -> None:
    services = Services(paths.settle(closed), is_durable=False)
    try:
        services.start()
        data = services.places.data
        assert services.postgres is not None
        assert services.postgres.data.is_dir()
        if os.geteuid() == 0:
            assert data.parent == Path("/var/lib")
            assert (closed / "where").read_text().strip() == str(data)
            assert paths.settle(closed).data == data
        else:
            assert data == closed
        assert closed.parent.stat().st_mode & 0o077 == 0, "nobody opened the path"
    finally:
        services.stop()
        shutil.rmtree(services.places.data)


def test_an_ordinary_users_servers_run_as_that_user(folder: Path) -> None:
    os.chown(folder, *account.service_ids())
    python = _python_for_everybody()

    def services(action: str) -> None:
        command = [python, "-m", "app.embedded.services", action, "--instance", str(folder / "instance")]
        environment = {"PYTHONPATH": sysconfig.get_path("purelib"), "PATH": os.defpath}
        subprocess.run(command, cwd=paths.PROJECT, env=environment, check=True, **account.popen_options())

    services("start")
    try:
        pid = int((folder / "instance" / "pg18" / "postmaster.pid").read_text().splitlines()[0])
        assert Path(f"/proc/{pid}").stat().st_uid == account.service_ids()[0] != 0
        services("start")
        assert int((folder / "instance" / "pg18" / "postmaster.pid").read_text().splitlines()[0]) == pid
    finally:
        services("stop")
    assert not is_running(pid)


def test_a_stale_lock_with_somebody_elses_pid_does_not_keep_postgres_from_starting(folder: Path) -> None:
    services = Services(paths.settle(folder / "instance"), is_durable=False)
    postgres = services.postgres
    assert postgres is not None
    stranger = subprocess.Popen(["sleep", "60"], **account.popen_options())
    try:
        services.start()
        lock = (postgres.data / "postmaster.pid").read_text().splitlines()
        services.stop()
        account.make_private_folder(services.places.sockets)
        left_behind = "\n".join([str(stranger.pid), *lock[1:]]) + "\n"
        for file in (postgres.data / "postmaster.pid", services.places.sockets / ".s.PGSQL.5432.lock"):
            file.write_text(left_behind)
            os.chown(file, *account.service_ids())

        assert postgres.pid() is None
        services.stop()
        assert stranger.poll() is None, "stopping a server that does not run must not end a stranger"
        assert postgres.start() is False
        assert postgres.is_ready()
    finally:
        services.stop()
        stranger.kill()
        stranger.wait()


def test_what_postgres_acknowledged_is_there_after_kill_9(folder: Path) -> None:
    services = Services(paths.settle(folder / "instance"))
    postgres = services.postgres
    assert postgres is not None
    try:
        postgres.start()
        url = plain_url(services.superuser_url())
        with psycopg.connect(url) as connection:
            connection.execute("CREATE TABLE cup AS SELECT 7 AS number")
            durable = [connection.execute(f"SHOW {name}").fetchone() for name in ("fsync", "full_page_writes")]
        assert durable == [("on",), ("on",)]
        pid = postgres.pid()
        assert pid is not None
        os.kill(pid, 9)
        postgres.start()
        with psycopg.connect(url) as connection:
            assert connection.execute("SELECT number FROM cup").fetchone() == (7,)
    finally:
        services.stop()


def test_urls_from_outside_switch_the_embedded_servers_off(folder: Path) -> None:
    outside = {"DATABASE_URL": "postgresql://app@db/regulars", "REDIS_URL": "redis://queue/0"}
    services = Services(paths.settle(folder / "instance"), outside=outside)
    services.start()
    assert services.urls() == outside
    assert services.postgres is None
    assert services.valkey is None


def _python_for_everybody() -> str:
    """Return a Python that also the servers' account may run: root's own one may lie in root's home."""
    for candidate in (sys.executable, "/usr/bin/python3"):
        probe = [candidate, "-c", "import sys; sys.exit(sys.version_info < (3, 11))"]
        try:
            if account.run(probe).returncode == 0:
                return candidate
        except OSError:
            continue
    pytest.skip("no Python here that an ordinary user can run")
