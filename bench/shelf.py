"""Programs by the thousand for one business: copies of a few made by the product's own services, in every state."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Any
from uuid import UUID

from sqlalchemy import select

from app.core.bulk import insert_rows
from app.core.ids import new_id
from app.core.unit_of_work import unit_of_work
from app.domain.program_words import words_of
from app.models.program import LivePeriod, Program, ProgramVersion
from app.models.program_listing import ProgramWord
from app.models.program_stats import ProgramStats
from app.services.program_stats import fold_program_totals
from bench.shop import CHUNK, DEMO, Shop, program_body

WORDS = ("Winter", "Summer", "Morning", "Lunch", "Bean", "Family", "Student", "Evening", "Sunday", "Cocoa")
STATES = (("active", "ACTIVE"),) * 6 + (("active", "SCHEDULED"), ("paused", "PAUSED"), ("draft", "DRAFT"))
_YEAR = timedelta(days=365)
_FIGURES = ("active_participants", "redemptions", "vouchers_issued", "issued", "outstanding", "expired")


@dataclass(frozen=True, slots=True)
class _Sample:
    """What the copies of one rule type share."""

    rule_type: str
    snapshot: Mapping[str, Any]


def fill_shelf(shop: Shop, first: int, upto: int) -> None:
    """Add programs until there are `upto`, numbered from `first`: most live, some scheduled, paused, drafts, ended."""
    samples = _samples(shop)
    for start in range(first, upto, CHUNK):
        with unit_of_work(shop.id):
            _insert([_row(place, samples) for place in range(start, min(start + CHUNK, upto))])
            fold_program_totals()


def _samples(shop: Shop) -> list[_Sample]:
    made = shop.create_programs([program_body(told) | {"isActive": False} for told in DEMO])
    with unit_of_work(shop.id) as session:
        wanted = select(ProgramVersion.snapshot).where(ProgramVersion.program_id.in_(made))
        return [_Sample(snapshot["ruleType"], snapshot) for snapshot in session.scalars(wanted)]


def _row(place: int, samples: Sequence[_Sample]) -> dict[str, Any]:
    """A program as a row; every tenth has ended by its date, which somebody has announced."""
    now = datetime.now(UTC)
    state, status = ("active", "ENDED") if place % 10 == 9 else STATES[place % 10]
    sample = samples[place % len(samples)]
    created_at = now - _YEAR + timedelta(seconds=place)
    return {
        "id": new_id(),
        "name": f"{WORDS[place % len(WORDS)]} program {place:06}",
        "description": "",
        "rule_type": sample.rule_type,
        "state": state,
        "starts_at": now + _YEAR if status == "SCHEDULED" else created_at,
        "ends_at": {"ENDED": created_at + timedelta(days=9), "ACTIVE": now + _YEAR * (1 + place % 5)}.get(status),
        "newest_version": 1,
        "version": 1,
        "event_sequence": 0,
        "announced_status": status,
        "created_at": created_at,
        "updated_at": created_at,
        "snapshot": sample.snapshot,
        "place": place,
    }


def _insert(rows: Sequence[Mapping[str, Any]]) -> None:
    columns = [name for name in rows[0] if name not in ("snapshot", "place")]
    insert_rows(Program, [{name: row[name] for name in columns} for row in rows])
    versions = [_version(row) for row in rows]
    insert_rows(ProgramVersion, versions)
    insert_rows(ProgramStats, [_stats(row) for row in rows])
    insert_rows(ProgramWord, list(_words(rows)))
    insert_rows(LivePeriod, [_period(row, version) for row, version in zip(rows, versions, strict=True)])


def _version(row: Mapping[str, Any]) -> dict[str, Any]:
    return {
        "id": new_id(),
        "program_id": row["id"],
        "number": 1,
        "snapshot": row["snapshot"],
        "changes": [],
        "created_at": row["created_at"],
        "created_by": "Measured",
    }


def _stats(row: Mapping[str, Any]) -> dict[str, Any]:
    figures = dict.fromkeys(_FIGURES, row["place"] % 997)
    return {"program_id": row["id"], "enrollments": row["place"] % 1999, "as_of": row["created_at"], **figures}


def _words(rows: Sequence[Mapping[str, Any]]) -> Iterator[dict[str, Any]]:
    for row in rows:
        for word in sorted(words_of(row["name"], row["description"])):
            yield {"word": word, "program_id": row["id"]}


def _period(row: Mapping[str, Any], version: Mapping[str, Any]) -> dict[str, UUID | datetime | None]:
    """The span of its first activation; closed a day later for what is not active."""
    live_to = None if row["state"] == "active" else row["created_at"] + timedelta(days=1)
    return {
        "id": new_id(),
        "program_id": row["id"],
        "version_id": version["id"],
        "live_from": row["created_at"],
        "live_to": live_to,
    }
