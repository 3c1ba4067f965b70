"""The scheduler process: of any number of them one leads and ticks, and a tick only rings."""

from __future__ import annotations

import functools
import signal
import threading
from datetime import UTC

import structlog
from apscheduler.schedulers.background import BackgroundScheduler
from apscheduler.triggers.interval import IntervalTrigger
from flask import Flask

from app.core import clock
from app.core.config import Settings
from app.core.leadership import Leadership
from app.factory import create_app
from app.jobs.schedule import Tick, ticks

_LOCK = 7_251_002
_CHECK_SECONDS = 0.5

_log = structlog.get_logger("scheduler")


def main() -> None:
    """Lead or stand by until SIGTERM; whoever loses the lock stops ticking within half a second."""
    settings = Settings.from_env(process="scheduler", pool_size=2)
    app = create_app(settings)
    leadership = Leadership(settings.database_url, _LOCK)
    stopping = _stop_on_signals()
    running: BackgroundScheduler | None = None
    while not stopping.wait(_CHECK_SECONDS):
        leads = leadership.check()
        if leads and running is None:
            running = _start(app, ticks(settings.sweep_seconds))
            _log.info("leading")
        elif not leads and running is not None:
            running.shutdown(wait=True)
            running = None
            _log.info("standing_by")
    if running is not None:
        running.shutdown(wait=True)
    leadership.resign()


def _stop_on_signals() -> threading.Event:
    stopping = threading.Event()
    for number in (signal.SIGTERM, signal.SIGINT):
        signal.signal(number, lambda *_: stopping.set())
    return stopping


def _start(app: Flask, all_ticks: list[Tick]) -> BackgroundScheduler:
    """Tick from memory, in UTC, at once and then on time: a new leader makes up for what the last one left.

    What was missed is made up for once, and no tick overtakes itself.
    """
    scheduler = BackgroundScheduler(
        timezone=UTC, job_defaults={"coalesce": True, "max_instances": 1, "misfire_grace_time": None}
    )
    for tick in all_ticks:
        trigger = IntervalTrigger(seconds=tick.seconds, timezone=UTC)
        act = functools.partial(_act, app, tick)
        scheduler.add_job(act, trigger, id=tick.name, name=tick.name, next_run_time=clock.now())
    scheduler.start()
    return scheduler


def _act(app: Flask, tick: Tick) -> None:
    """Run one tick; an error is logged, and the next tick comes as ever."""
    try:
        with app.app_context():
            tick.act()
    except Exception:
        _log.exception("tick_failed", tick=tick.name)


if __name__ == "__main__":
    main()
