"""bin/run with real processes: start, stop, start again, die and come back, live side by side."""

import os
import signal
from collections.abc import Callable
from pathlib import Path

from app.embedded import account
from app.embedded.processes import is_running, wait_until
from tests.embedded.launching import Launcher, processes_in

Launch = Callable[..., Launcher]


def test_it_starts_says_where_it_is_stops_on_ctrl_c_and_keeps_its_data(launch: Launch) -> None:
    alma = launch().start()
    assert f"http://localhost:{alma.port}" in alma.output
    assert "alma@example.com / latte" in alma.output
    assert alma.page() == "1 cups"

    postgres = alma.services.postgres
    assert postgres is not None
    pid = postgres.pid()
    assert pid is not None
    assert Path(f"/proc/{pid}").stat().st_uid == account.service_ids()[0] != 0

    assert alma.press_ctrl_c() == 0
    assert not is_running(pid)
    assert processes_in(alma.project, "") == []

    alma.start()
    assert alma.page() == "1 cups", "with nothing new, neither migrations nor demo run again"
    assert alma.press_ctrl_c() == 0

    (alma.project / "app" / "news.py").touch()
    assert alma.start().page() == "2 cups"


def test_after_kill_9_its_processes_leave_and_the_next_start_adopts_the_servers(launch: Launch) -> None:
    alma = launch().start()
    before = [server.pid() for server in (alma.services.postgres, alma.services.valkey) if server]
    alma.kill()
    assert wait_until(lambda: processes_in(alma.project, "") == [], 60)

    alma.start()
    after = [server.pid() for server in (alma.services.postgres, alma.services.valkey) if server]
    assert after == before
    assert "was still running and is used again" in alma.output
    assert alma.page() == "1 cups"
    assert alma.press_ctrl_c() == 0
    assert [pid for pid in after if pid and is_running(pid)] == []


def test_whatever_dies_starts_again(launch: Launch) -> None:
    alma = launch().start()
    (worker,) = processes_in(alma.project, "sleep 600")
    os.kill(worker, signal.SIGKILL)
    assert wait_until(lambda: processes_in(alma.project, "sleep 600") not in ([], [worker]), 40)
    assert "worker_earning ended (signal SIGKILL) and starts again in 1 s" in alma.output

    postgres = alma.services.postgres
    assert postgres is not None
    killed = postgres.pid()
    assert killed is not None
    os.kill(killed, signal.SIGKILL)
    assert wait_until(lambda: postgres.pid() not in (None, killed) and postgres.is_ready(), 60)
    assert alma.page() == "1 cups"


def test_a_product_that_never_gets_ready_is_said_with_its_last_words(launch: Launch) -> None:
    alma = launch()
    (alma.project / "Procfile").write_text("web: echo the till is jammed && false\n")
    alma.begin()
    assert alma.end() == 1
    assert "It does not become ready" in alma.output
    assert "the till is jammed" in alma.output
    assert alma.services.postgres is not None
    assert alma.services.postgres.pid() is None


def test_a_taken_port_or_instance_is_said_clearly_and_a_second_copy_runs_beside(launch: Launch) -> None:
    alma = launch().start()

    same_port = launch(instance="other", port=alma.port)
    same_port.begin()
    assert same_port.end() == 1
    assert f"Port {alma.port} is taken by another program" in same_port.output

    same_instance = Launcher(alma.project)
    same_instance.begin()
    assert same_instance.end() == 1
    assert alma.process is not None
    assert f"Another bin/run (pid {alma.process.pid}) runs on" in same_instance.output

    dora = launch(instance="instance 2").start()
    assert dora.page() == "1 cups"
    assert alma.page() == "1 cups"
