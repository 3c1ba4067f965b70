"""When → what: the ticks of the scheduler, and which job answers which kind of due row. Ticks only ring."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

import structlog
from rq.registry import StartedJobRegistry

from app.core import clock, queue
from app.core.unit_of_work import platform_session
from app.queries.businesses import open_business_ids
from app.queries.due import due_now
from app.services import days, idempotency

_log = structlog.get_logger("schedule")

DUE: dict[str, tuple[str, str]] = {
    "earning": ("earning", "earning.settle_purchases"),
    "relay": ("notifications", "relay.relay_events"),
    "notifications": ("notifications", "notifications.send_messages"),
    "stats": ("notifications", "stats.fold_program_stats"),
    "webhooks": ("webhooks", "webhooks.post_deliveries"),
    "programs": ("notifications", "lifecycle.announce_programs"),
    "day": ("notifications", "snapshots.write_snapshots"),
    "silence": ("notifications", "tills.tell_of_silence"),
    "operations": ("integrations", "operations.run_operations"),
    "notices": ("notifications", "lifecycle.tell_participants"),
    "sign_in": ("notifications", "sign_in.send_codes"),
    "push": ("notifications", "push.send_pushes"),
    "nudges": ("notifications", "onboarding.nudge_owners"),
}


@dataclass(frozen=True, slots=True)
class Tick:
    """Something that happens every so many seconds, in UTC, on the leading scheduler alone."""

    name: str
    seconds: int
    act: Callable[[], None]


def ticks(sweep_seconds: int) -> list[Tick]:
    """Return all ticks; twice or never for an hour, they do no harm."""
    return [
        Tick("sweep", sweep_seconds, sweep),
        Tick("abandoned", 30, recover_abandoned),
        Tick("expiry", 3600, expire_points),
        Tick("vouchers", 3600, expire_vouchers),
        Tick("tiers", 3600, keep_tiers),
        Tick("pictures", 21_600, sweep_pictures),
        Tick("days", 60, begin_days),
        Tick("forget", 3600, forget_old_answers),
    ]


def sweep() -> None:
    """Ring for every business with something due: whatever ring was lost is made up for here."""
    with platform_session():
        waiting = due_now(clock.now())
    for business_id, kind in waiting:
        found = DUE.get(kind)
        if found is None:
            _log.error("unknown_due_kind", kind=kind)
            continue
        queue.ring(found[0], found[1], business_id)


def expire_points() -> None:
    """Ring for every open business: lots mature and expire by the clock, which leaves no due row."""
    _ring_everyone("expiry.expire_points")


def expire_vouchers() -> None:
    """Ring for every open business: vouchers run out, and are warned of, by the clock alone."""
    _ring_everyone("vouchers.expire_vouchers")


def keep_tiers() -> None:
    """Ring for every open business: tiers fall at the end of a period or after a silence, by the clock alone."""
    _ring_everyone("tiers.keep_tiers")


def sweep_pictures() -> None:
    """Ring for every open business: files of transactions that failed are pointed to by nothing."""
    _ring_everyone("pictures.sweep_pictures")


def begin_days() -> None:
    """Post the daily work of every business whose local day has begun; the sweep rings for it until it is done."""
    with platform_session():
        days.begin_days(clock.now())


def recover_abandoned() -> None:
    """Put back the jobs of workers that died: RQ itself looks only when a worker happens to do maintenance."""
    for name in queue.queue_names:
        StartedJobRegistry(queue=queue.rq_queue(name)).cleanup()


def forget_old_answers() -> None:
    """Delete answers kept for an Idempotency-Key once their 30 days are over."""
    with platform_session():
        idempotency.forget_old()


def _ring_everyone(job: str) -> None:
    with platform_session():
        open_ids = open_business_ids()
    for business_id in open_ids:
        queue.ring("notifications", job, business_id)
