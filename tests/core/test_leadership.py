"""One scheduler leads; another takes over when the leader is gone."""

from __future__ import annotations

import os
import subprocess
import sys
import time
from pathlib import Path

import psycopg
from sqlalchemy.engine import make_url

from app.core.leadership import Leadership
from tests.support.databases import Database, plain_url

ROOT = Path(__file__).parents[2]
KEY = 4711
CUT = """
SELECT pg_terminate_backend(pid, 60000) FROM pg_stat_activity
 WHERE application_name = 'regulars-leader' AND datname = current_database()
"""
LEADING = """
SELECT count(*) FROM pg_locks
 WHERE locktype = 'advisory' AND granted
   AND database = (SELECT oid FROM pg_database WHERE datname = current_database())
"""


def test_one_leads_and_the_other_stands_by_until_the_first_is_gone(database_url: str) -> None:
    first, second = Leadership(database_url, KEY), Leadership(database_url, KEY)
    assert (first.check(), second.check()) == (True, False)
    assert (first.check(), second.check()) == (True, False)
    first.resign()
    assert second.check()
    second.resign()


def test_a_leader_whose_connection_is_cut_leads_no_more_and_may_lead_again(
    database_url: str, superuser_url: str
) -> None:
    leader = Leadership(database_url, KEY + 1)
    assert leader.check()
    with psycopg.connect(plain_url(superuser_url), autocommit=True) as connection:
        connection.execute(CUT)
    assert not leader.check()
    assert leader.check()
    leader.resign()


def test_without_a_database_nobody_leads(database_url: str) -> None:
    nowhere = make_url(database_url).update_query_dict({"host": "/nowhere"}).render_as_string(hide_password=False)
    assert not Leadership(nowhere, KEY).check()


def test_the_scheduler_process_leads_and_leaves_cleanly(fresh_database: Database) -> None:
    environment = os.environ | fresh_database.environment() | {"SWEEP_SECONDS": "1", "LOG_LEVEL": "INFO"}
    command = [sys.executable, "-m", "app.scheduler"]
    process = subprocess.Popen(command, cwd=ROOT, env=environment, stderr=subprocess.PIPE, text=True)
    try:
        _wait_for_leader(fresh_database)
    finally:
        process.terminate()
        _, errors = process.communicate(timeout=50)
    assert process.returncode == 0, errors
    assert '"event":"leading"' in errors
    assert '"level":"error"' not in errors


def _wait_for_leader(database: Database) -> None:
    until = time.monotonic() + 60
    with psycopg.connect(plain_url(database.url("postgres")), autocommit=True) as connection:
        while time.monotonic() < until:
            row = connection.execute(LEADING).fetchone()
            if row and row[0]:
                return
            time.sleep(0.1)
    raise AssertionError("nobody leads")
