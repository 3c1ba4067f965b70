"""What many hands do to one program over HTTP, and the one line that must be left of it: a small model to compare."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import timedelta
from itertools import pairwise
from typing import Any
from uuid import UUID

from app.core import clock
from tests.factories.programs import PUNCH_CONFIG
from tests.faults.counter import Counter

PROGRAMS = "/loyalty/programs"
AT_WORK = ("active", "paused")
MOVES: Mapping[str, Mapping[str, str]] = {
    "activate": {"draft": "active"},
    "pause": {"active": "paused"},
    "resume": {"paused": "active"},
    "end": {"active": "ended", "paused": "ended"},
    "delete": {"draft": "draft", "active": "ended", "paused": "ended", "ended": "ended"},
}
PAST = {"activate": "activated", "pause": "paused", "resume": "resumed", "end": "ended", "delete": "deleted"}
PAST |= {"unschedule": "unscheduled", "restore": "restored"}
EDITS = ("describe", "reward", "postpone", "bring forward", "spoil")
REFUSALS = {(404, "not_found"), (409, "invalid_transition"), (409, "program_ended"), (412, "version_moved")}
REFUSALS |= {(422, "validation_failed")}


@dataclass(frozen=True, slots=True)
class Act:
    """One thing that a hand wants; `matching` sends the version that it has just read as If-Match."""

    number: int
    kind: str
    matching: bool = False
    in_bulk: bool = False


@dataclass(frozen=True, slots=True)
class Told:
    """What a hand was answered: accepted or why not, and the program as the answer showed it, if it did."""

    act: Act
    accepted: bool
    refusal: tuple[int, str] | None = None
    version: int | None = None
    status: str | None = None


class Line:
    """A program as the simplest reading of RULES 8 has it; `go` raises where an act had no way."""

    def __init__(self) -> None:
        self.state, self.is_later, self.is_deleted = "draft", False, False

    @property
    def status(self) -> str:
        """What everyone sees."""
        return "SCHEDULED" if self.state == "active" and self.is_later else self.state.upper()

    def go(self, kind: str) -> list[str]:
        """Do it, and return the events that tell it."""
        before = self.status
        if kind == "restore":
            assert self.is_deleted
            self.is_deleted = False
            return ["updated"]
        assert not self.is_deleted, f"{kind} of a deleted program"
        if kind in EDITS:
            assert kind == "describe" or self.state != "ended", f"{kind} of an ended program"
            assert kind != "spoil"
            self.is_later = {"postpone": True, "bring forward": False}.get(kind, self.is_later)
            return ["updated"]
        if kind == "unschedule":
            assert before == "SCHEDULED"
            self.state = "draft"
            return ["updated"]
        assert self.state in MOVES[kind], f"{kind} from {before}"
        self.state, self.is_deleted = MOVES[kind][self.state], kind == "delete"
        if kind == "activate" and self.is_later:
            return ["updated"]
        return ["ended", "deleted"] if kind == "delete" and before not in ("DRAFT", "ENDED") else [PAST[kind]]


def send(counter: Counter, url: str, program_id: UUID, act: Act) -> Told:
    """Do what the hand wants at one of the web processes; the request carries the act's number."""
    path = f"{PROGRAMS}/{program_id}"
    headers = {"X-Request-ID": _request_id(program_id, act)}
    if act.matching:
        status, read = counter.send("GET", path, url=url)
        headers |= {"If-Match": f'"{read["version"]}"'} if status == 200 else {}
    if act.in_bulk:
        bulk = {"action": act.kind, "ids": [str(program_id)]}
        _, answer = counter.send("POST", f"{PROGRAMS}/bulk", bulk, url=url, headers=headers)
        result = answer["results"][0]
        refused = {"not_found": 404}.get(result["error"]["code"], 409) if not result["ok"] else 0
        return Told(act, result["ok"], (refused, result["error"]["code"]) if refused else None)
    method, place = {"delete": ("DELETE", "")}.get(act.kind, ("POST", f"/{act.kind}"))
    if act.kind in EDITS:
        method, place = "PUT", ""
    status, answer = counter.send(method, f"{path}{place}", _body(act), url=url, headers=headers)
    if status in (200, 204):
        return Told(act, True, None, *(answer[key] if answer else None for key in ("version", "status")))
    return Told(act, False, (status, answer["code"] if answer else "no answer"))


def assert_one_line(counter: Counter, program_id: UUID, told: Sequence[Told]) -> None:
    """Audit, events, versions and live periods tell one story: that of the accepted acts, one after another."""
    accepted = {_request_id(program_id, each.act): each for each in told if each.accepted}
    strange = [each for each in told if not each.accepted and each.refusal not in REFUSALS]
    assert not strange, strange
    audited = counter.ask(
        "SELECT request_id, action FROM audit_log WHERE target_id = %s AND action <> 'program.created'"
        " ORDER BY recorded_at, id",
        program_id,
    )
    assert sorted(row[0] for row in audited) == sorted(accepted), (audited, accepted)
    line, events = Line(), ["created"]
    for version, (request_id, action) in enumerate(audited, start=2):
        done = accepted[request_id]
        events += line.go(done.act.kind)
        assert action == f"program.{PAST.get(done.act.kind, 'updated')}", (action, done)
        assert done.version in (None, version), (done, version)
        assert done.status in (None, line.status), (done, line.status)
    written = counter.ask(
        "SELECT sequence, event_type FROM outbox WHERE aggregate_id = %s ORDER BY sequence", program_id
    )
    assert written == [(place, f"loyalty.program.{event}") for place, event in enumerate(events, start=1)], written
    row = counter.ask("SELECT state, version, event_sequence FROM program WHERE id = %s", program_id)[0]
    assert row == (line.state, len(audited) + 1, len(events)), row
    assert events.count("ended") == (line.state == "ended")
    _assert_versions(counter, program_id, sum(each.act.kind == "reward" for each in accepted.values()))
    _assert_spans(counter, program_id, is_open=line.state == "active")


def _assert_versions(counter: Counter, program_id: UUID, rewards: int) -> None:
    """Every accepted change of what it earns is a version, numbered without a gap, in the order of time."""
    query = "SELECT number FROM program_version WHERE program_id = %s ORDER BY created_at, number"
    numbers = [row[0] for row in counter.ask(query, program_id)]
    assert numbers == list(range(1, rewards + 2)), numbers
    assert counter.ask("SELECT newest_version FROM program WHERE id = %s", program_id) == [(rewards + 1,)]


def _assert_spans(counter: Counter, program_id: UUID, *, is_open: bool) -> None:
    spans = counter.ask(
        "SELECT live_from, live_to, number FROM live_period JOIN program_version v ON v.id = version_id"
        " WHERE live_period.program_id = %s ORDER BY live_from, live_to",
        program_id,
    )
    assert sum(to is None for _, to, _ in spans) == is_open, spans
    assert all(earlier[1] is not None and earlier[1] <= later[0] for earlier, later in pairwise(spans)), spans
    assert [number for _, _, number in spans] == sorted(number for _, _, number in spans), spans


def _request_id(program_id: UUID, act: Act) -> str:
    return f"{program_id}-{act.number}"


def _body(act: Act) -> dict[str, Any] | None:
    """The body, which says something that no other act has said."""
    moment = clock.now() + timedelta(days=-2, seconds=act.number)
    bodies: dict[str, dict[str, Any]] = {
        "describe": {"description": f"Words of hand {act.number}"},
        "reward": {"ruleConfig": {**PUNCH_CONFIG, "rewardDescription": f"Coffee {act.number}"}},
        "postpone": {"startsAt": (moment + timedelta(days=9)).isoformat()},
        "bring forward": {"startsAt": moment.isoformat()},
        "spoil": {"ruleConfig": {**PUNCH_CONFIG, "punchesRequired": 1}},
        "delete": {},
    }
    return bodies.get(act.kind, {})
