"""Many hands on one program at once through the running API, and a pause that the next purchase already meets."""

from __future__ import annotations

import random
import threading
from collections import Counter as Tally
from collections import deque
from concurrent.futures import ThreadPoolExecutor
from itertools import pairwise
from uuid import UUID

import pytest

from app.core.unit_of_work import unit_of_work
from app.services.programs import create_program
from tests.factories.programs import PUNCH_CONFIG, owner_of
from tests.faults.conftest import Start
from tests.faults.counter import Counter, load
from tests.faults.program_line import Act, Told, assert_one_line, send

pytestmark = pytest.mark.timeout(300)  # the longest: 44 s on two cores that a dozen other programs used as well

AT_ONCE = 200
HANDS = 40
PROGRAMS = "/loyalty/programs"
PAST = {"activate": "activated", "pause": "paused", "resume": "resumed"}
ROUNDS = 5
EARLY = {"activate": 25, "pause": 20, "resume": 20, "reward": 25, "describe": 15, "spoil": 3, "restore": 4}
EARLY |= {"postpone": 8, "bring forward": 8, "unschedule": 6}
LATE = EARLY | {"end": 8, "delete": 8}
BULK = ("activate", "pause", "resume", "end", "delete")
LAST = ("restore", "bring forward", "activate", "end", "describe")
WAYS = {("draft", "activate"): "active", ("active", "pause"): "paused", ("paused", "resume"): "active"}


@pytest.fixture
def program_id(counter: Counter) -> UUID:
    """A draft that is on nobody's counter yet."""
    return _draft(counter, "Everybody's")


def test_two_hundred_transitions_at_once_end_in_one_line(counter: Counter, start: Start, program_id: UUID) -> None:
    counter.url = start("web").url
    path = f"{PROGRAMS}/{program_id}"
    assert counter.post(f"{path}/activate", {})[0] == 200
    doors = threading.Barrier(HANDS)

    def hand(number: int) -> list[tuple[str, int]]:
        doors.wait()
        actions = ["pause" if (number + turn) % 2 else "resume" for turn in range(AT_ONCE // HANDS)]
        return [(action, counter.post(f"{path}/{action}", {})[0]) for action in actions]

    with ThreadPoolExecutor(HANDS) as pool:
        answers = [answer for found in pool.map(hand, range(HANDS)) for answer in found]
    assert len(answers) == AT_ONCE
    assert {status for _, status in answers} == {200, 409}
    succeeded = Tally(action for action, status in answers if status == 200)
    _assert_one_line(counter, program_id, Tally({"activate": 1}) + succeeded)


def test_two_hundred_acts_of_every_kind_at_once_leave_one_line_of_each_program(counter: Counter, start: Start) -> None:
    """Five programs, each with 200 acts by 40 hands at two web processes, while a till sells; all in one story."""
    counter.url = start("web", "worker_earning", "scheduler").url
    urls = (counter.url, start("web").url)
    everything: list[Told] = []
    with load(counter, tills=1, pause=0.1):
        for number in range(ROUNDS):
            program_id = _draft(counter, f"Everybody's {number}")
            told = _all_at_once(counter, urls, program_id, _acts(random.Random(number)))
            told += [send(counter, urls[0], program_id, act) for act in _last_words()]
            assert_one_line(counter, program_id, told)
            everything += told
    done = {each.act.kind for each in everything if each.accepted}
    assert set(LATE) - {"spoil", "unschedule"} <= done <= set(LATE) - {"spoil"}, "few ever meet a program that waits"
    assert {each.refusal[0] for each in everything if each.refusal} == {404, 409, 412, 422}
    counter.await_settled()
    earned = "SELECT count(*) FROM outcome GROUP BY purchase_id, program_id"
    assert set(counter.ask(earned)) == {(1,)}
    assert counter.books() == []


def test_a_pause_is_met_by_the_next_purchase_in_another_process(counter: Counter, start: Start) -> None:
    """The web takes the pause, the worker has earned under the program a moment ago and keeps its rules compiled."""
    counter.url = start("web", "worker_earning", "scheduler").url
    programs = {program["name"]: program for program in counter.get(PROGRAMS)[1]["data"]}
    card = programs["Coffee card"]["id"]
    assert _earned(counter, card, "warm 1")
    assert _earned(counter, card, "warm 2")
    for turn in range(5):
        assert counter.post(f"{PROGRAMS}/{card}/pause", {})[0] == 200
        assert not _earned(counter, card, f"paused {turn}")
        assert counter.get(f"{PROGRAMS}/{card}")[1]["status"] == "PAUSED"
        assert counter.post(f"{PROGRAMS}/{card}/resume", {})[0] == 200
        assert _earned(counter, card, f"resumed {turn}")
    assert counter.books() == []


def _draft(counter: Counter, name: str) -> UUID:
    body = {"name": name, "ruleType": "PUNCH_CARD", "ruleConfig": dict(PUNCH_CONFIG)}
    with unit_of_work(counter.shop.id):
        return create_program(body, actor=owner_of(counter.shop))


def _acts(chance: random.Random) -> list[Act]:
    """200 acts in no order, but that nobody ends or deletes the program before half of them have been sent."""
    halves = [chance.choices(list(kinds), list(kinds.values()), k=AT_ONCE // 2) for kinds in (EARLY, LATE)]
    return [
        Act(number, kind, matching=chance.random() < 0.3, in_bulk=kind in BULK and chance.random() < 0.3)
        for number, kind in enumerate(kind for half in halves for kind in half)
    ]


def _last_words() -> list[Act]:
    """One hand, when all the others have gone: whatever they left, the program is there and over after it."""
    return [Act(AT_ONCE + number, kind, matching=True) for number, kind in enumerate(LAST)]


def _all_at_once(counter: Counter, urls: tuple[str, str], program_id: UUID, acts: list[Act]) -> list[Told]:
    waiting, told, doors = deque(acts), deque[Told](), threading.Barrier(HANDS)

    def hand(number: int) -> None:
        doors.wait()
        while waiting:
            try:
                act = waiting.popleft()
            except IndexError:
                return
            told.append(send(counter, urls[number % 2], program_id, act))

    with ThreadPoolExecutor(HANDS) as pool:
        list(pool.map(hand, range(HANDS)))
    assert len(told) == len(acts)
    return list(told)


def _earned(counter: Counter, program_id: str, order_id: str) -> bool:
    """Sell now, and say whether the sale has earned in the program."""
    body = {"orderId": order_id, "memberId": str(counter.members[0]), "amount": "10.00"}
    assert counter.post("/purchases", body)[0] in (200, 202)
    counter.await_settled()
    counted = counter.ask(
        "SELECT 1 FROM outcome o JOIN purchase p ON p.id = o.purchase_id"
        " WHERE p.order_id = %s AND o.program_id = %s AND o.code IS NULL",
        order_id,
        program_id,
    )
    return bool(counted)


def _assert_one_line(counter: Counter, program_id: UUID, succeeded: Tally[str]) -> None:
    """Audit, events, versions of the row and live periods tell the same story, step by step."""
    audited = counter.ask(
        "SELECT action FROM audit_log WHERE target_id = %s AND action <> 'program.created' ORDER BY recorded_at, id",
        program_id,
    )
    steps = [row[0].partition(".")[2] for row in audited]
    assert Tally(steps) == Tally({PAST[action]: total for action, total in succeeded.items()})
    events = counter.ask(
        "SELECT sequence, event_type FROM outbox WHERE aggregate_id = %s ORDER BY sequence", program_id
    )
    assert [row[0] for row in events] == list(range(1, len(steps) + 2))
    state = "draft"
    for _, event_type in events[1:]:
        action = next(action for action, past in PAST.items() if event_type.endswith(past))
        state = WAYS[state, action]
    row = counter.ask("SELECT state, version, event_sequence FROM program WHERE id = %s", program_id)[0]
    assert row == (state, len(steps) + 1, len(steps) + 1)
    spans = counter.ask(
        "SELECT live_from, live_to FROM live_period WHERE program_id = %s ORDER BY live_from, live_to", program_id
    )
    assert len(spans) == succeeded["activate"] + succeeded["resume"]
    assert [to is None for _, to in spans] == [False] * (len(spans) - 1) + [state == "active"]
    assert all(earlier[1] <= later[0] for earlier, later in pairwise(spans))
