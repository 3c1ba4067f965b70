"""Kept answers: found for seconds, outdated by any change at once, and each business has its own."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from redis.connection import AbstractConnection

from app.core import kept_answers
from app.core.unit_of_work import unit_of_work
from tests.factories.businesses import Shop
from tests.factories.people import Person

NOW = datetime(2025, 3, 1, 12, tzinfo=UTC)
KIND, NAME, BODY = "programs", "/a?", b'{"a":\n1}'
ANSWER = {"a": 1, "startsAt": NOW - timedelta(days=1), "endsAt": None}


def test_an_answer_is_found_again_as_it_was_kept(cafe: Shop) -> None:
    edition, nothing = kept_answers.find(cafe.id, KIND, NAME, NOW)
    kept_answers.keep(cafe.id, KIND, NAME, NOW, edition, ANSWER, BODY)
    assert (nothing, kept_answers.find(cafe.id, KIND, NAME, NOW)[1]) == (None, BODY)


def test_a_change_outdates_the_answers_with_its_commit_and_not_before(cafe: Shop) -> None:
    edition, _ = kept_answers.find(cafe.id, KIND, NAME, NOW)
    kept_answers.keep(cafe.id, KIND, NAME, NOW, edition, ANSWER, BODY)
    with unit_of_work(cafe.id):
        kept_answers.renew_edition(cafe.id, KIND)
        assert kept_answers.find(cafe.id, KIND, NAME, NOW)[1] == BODY
    assert kept_answers.find(cafe.id, KIND, NAME, NOW)[1] is None


def test_what_was_read_before_a_change_is_not_found_after_it(cafe: Shop) -> None:
    edition, _ = kept_answers.find(cafe.id, KIND, NAME, NOW)
    with unit_of_work(cafe.id):
        kept_answers.renew_edition(cafe.id, KIND)
    kept_answers.keep(cafe.id, KIND, NAME, NOW, edition, ANSWER, BODY)
    assert kept_answers.find(cafe.id, KIND, NAME, NOW)[1] is None


def test_an_answer_is_good_for_five_seconds(cafe: Shop) -> None:
    kept_answers.keep(cafe.id, KIND, NAME, NOW, b"", ANSWER, BODY)
    assert kept_answers.find(cafe.id, KIND, NAME, NOW + timedelta(seconds=4.9))[1] == BODY
    assert kept_answers.find(cafe.id, KIND, NAME, NOW + kept_answers.LIFE)[1] is None
    assert kept_answers.find(cafe.id, KIND, NAME, NOW - timedelta(seconds=1))[1] is None


def test_an_answer_is_not_good_any_more_from_an_instant_that_it_names(cafe: Shop) -> None:
    start = NOW + timedelta(seconds=2)
    kept_answers.keep(cafe.id, KIND, NAME, NOW, b"", {"data": [ANSWER, {"startsAt": start}]}, BODY)
    assert kept_answers.find(cafe.id, KIND, NAME, start - timedelta(milliseconds=1))[1] == BODY
    assert kept_answers.find(cafe.id, KIND, NAME, start)[1] is None


def test_a_business_finds_only_its_own_answers(cafe: Shop, florist: Shop) -> None:
    kept_answers.keep(cafe.id, KIND, NAME, NOW, b"", ANSWER, BODY)
    assert kept_answers.find(florist.id, KIND, NAME, NOW)[1] is None


def test_a_kept_answer_comes_with_its_caller_in_one_question_to_redis(
    alma: Person, questions: list[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(kept_answers, "LIFE", timedelta(minutes=1))
    alma.get("/loyalty/programs")
    alma.get("/loyalty/programs")
    questions.clear()
    assert alma.get("/loyalty/programs").status_code == 200
    assert questions == ["MGET"]


@pytest.fixture
def questions(monkeypatch: pytest.MonkeyPatch) -> list[str]:
    """What is asked of Redis from now on, the first word of each question, on whichever connection."""
    asked: list[str] = []
    send = AbstractConnection.send_command

    def note(self: AbstractConnection, *words: Any, **options: Any) -> Any:
        asked.append(str(words[0]))
        return send(self, *words, **options)  # type: ignore[no-untyped-call]

    monkeypatch.setattr(AbstractConnection, "send_command", note)
    return asked
