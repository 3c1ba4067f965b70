"""The same purchase from many hands at once: the same sale 20 times, the same file by two processes."""

from __future__ import annotations

import os
import subprocess
import sys
import threading
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

from app.core import clock
from app.embedded.paths import PROJECT
from tests.faults.conftest import Start
from tests.faults.counter import AMOUNT, Counter

AT_ONCE = 20
ROWS = 900


def test_the_same_purchase_sent_twenty_times_at_once_is_one_purchase(counter: Counter, start: Start) -> None:
    product = start("web", "worker_earning", "scheduler")
    counter.url = product.url
    doors = threading.Barrier(AT_ONCE)

    def send(_: int) -> int:
        doors.wait()
        return counter.sell("the same", counter.members[0])

    with ThreadPoolExecutor(AT_ONCE) as pool:
        answers = sorted(pool.map(send, range(AT_ONCE)))
    assert answers == [200] * (AT_ONCE - 1) + [202], "one is accepted, the others are told of it"
    counter.await_settled()
    counter.assert_exact()


def test_the_same_purchase_of_a_new_customer_sent_twenty_times_at_once_makes_one_member(
    counter: Counter, start: Start
) -> None:
    product = start("web", "worker_earning", "scheduler")
    counter.url = product.url
    doors = threading.Barrier(AT_ONCE)
    body = {"orderId": "first", "member": {"phone": "+380501234567"}, "createMember": True, "amount": AMOUNT}

    def send(_: int) -> int:
        doors.wait()
        return counter.post("/purchases", body)[0]

    with ThreadPoolExecutor(AT_ONCE) as pool:
        answers = sorted(pool.map(send, range(AT_ONCE)))
    assert answers == [200] * (AT_ONCE - 1) + [202]
    [(member_id,)] = counter.ask("SELECT id FROM member WHERE phone IS NOT NULL")
    counter.sold["first"] = member_id
    counter.await_settled()
    counter.assert_exact()


def test_the_same_file_imported_by_two_processes_is_recorded_once(
    counter: Counter, start: Start, tmp_path: Path
) -> None:
    start("worker_earning", "scheduler")
    file = tmp_path / "sales.csv"
    at = clock.now().isoformat()
    lines = [f"{number},{at},card {number % 30},{AMOUNT}" for number in range(ROWS)]
    file.write_text("\n".join(["order,at,card,amount", *lines, ""]), encoding="utf-8")
    importing = [_importing(counter, file, tmp_path / f"rejected {number}.csv") for number in range(2)]
    said = [process.communicate(timeout=100)[0] for process in importing]
    assert [process.returncode for process in importing] == [0, 0], said
    assert counter.ask("SELECT count(*), count(DISTINCT order_id) FROM purchase") == [(ROWS, ROWS)]
    assert counter.ask("SELECT count(*) FROM member WHERE external_id LIKE 'card %%'") == [(30,)]
    recorded = [
        int(line.split()[0].replace(",", "")) for text in said for line in text.splitlines() if " recorded in" in line
    ]
    assert len(recorded) == 2
    assert sum(recorded) == ROWS, "each row was recorded by one of the two"
    counter.await_settled()
    counter.sold = dict(counter.ask("SELECT order_id, member_id FROM purchase"))
    assert set(counter.sold) == {str(number) for number in range(ROWS)}
    counter.assert_exact()


def _importing(counter: Counter, file: Path, rejects: Path) -> subprocess.Popen[str]:
    columns = {"order_id": "order", "occurred_at": "at", "member": "card", "amount": "amount"}
    maps = [part for name, column in columns.items() for part in ("--map", f"{name}={column}")]
    chosen = ["--business", counter.shop.slug, "--source", "machine", "--reject-file", str(rejects), "--no-wait", *maps]
    return subprocess.Popen(
        [sys.executable, "-m", "flask", "--app", "wsgi", "purchases", "import", str(file), *chosen],
        cwd=PROJECT,
        env=os.environ | counter.database.environment() | {"REGULARS_PROCESS": "cli"},
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
    )
