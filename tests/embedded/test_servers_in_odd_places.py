"""The servers where things are not as usual: closed paths, leftovers of a crash, somebody else's database."""

import os
import shutil
import subprocess
from pathlib import Path

import psycopg
import pytest

from app.embedded import account, paths
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
        for rest in (services.places.data, services.places.sockets):
            shutil.rmtree(rest, ignore_errors=True)


def test_a_stale_lock_with_somebody_elses_pid_does_not_keep_postgres_from_starting(folder: Path) -> None:
    services = Services(paths.settle(folder / "instance"), is_durable=False)
    postgres = services.postgres
    assert postgres is not None
    stranger = subprocess.Popen(["sleep", "60"], **account.popen_options())
    try:
        services.start()
        lock = (postgres.data / "postmaster.pid").read_text().splitlines()
        services.stop()
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
        shutil.rmtree(services.places.sockets)


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
        shutil.rmtree(services.places.sockets)


def test_urls_from_outside_switch_the_embedded_servers_off(folder: Path) -> None:
    outside = {"DATABASE_URL": "postgresql://app@db/regulars", "REDIS_URL": "redis://queue/0"}
    services = Services(paths.settle(folder / "instance"), outside=outside)
    services.start()
    assert services.urls() == outside
    assert services.postgres is None
    assert services.valkey is None
    shutil.rmtree(services.places.sockets)
