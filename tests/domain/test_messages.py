"""What each kind of mail is sent for, and what it says of the event behind it."""

from __future__ import annotations

from datetime import UTC, date, datetime
from zoneinfo import ZoneInfo

import pytest

from app.domain.events import EventType
from app.domain.expiry import last_day, voucher_expires_at
from app.domain.message_registry import MESSAGES, MESSAGES_BY_EVENT

VOUCHER = {"voucherId": "0190-v", "programId": "0190-p", "description": "A coffee on the house"}


def test_a_member_is_welcomed_once_whatever_else_they_join() -> None:
    welcome = MESSAGES["welcome"]
    assert MESSAGES_BY_EVENT[EventType.MEMBER_ENROLLED] == ["welcome"]
    assert {welcome.source_key({"programId": program}) for program in ("one", "two")} == {"once"}
    assert welcome.words({}) == {}


@pytest.mark.parametrize(("day", "written"), [("2027-02-20", "20 February 2027"), (None, "")])
def test_a_reward_names_itself_and_its_last_day(day: str | None, written: str) -> None:
    reward = MESSAGES["reward_earned"]
    assert MESSAGES_BY_EVENT[EventType.VOUCHER_ISSUED] == ["reward_earned"]
    payload = {**VOUCHER, "lastDay": day}
    assert reward.source_key(payload) == "0190-v"
    assert reward.words(payload) == {"reward": "A coffee on the house", "last_day": written}


def test_events_that_no_mail_listens_to_send_none() -> None:
    assert MESSAGES_BY_EVENT[EventType.POINTS_EARNED] == []


@pytest.mark.parametrize("zone", ["Europe/Kyiv", "America/New_York", "UTC"])
def test_the_last_day_is_the_one_that_ends_when_the_voucher_does(zone: str) -> None:
    issued_at = datetime(2025, 3, 12, 9, tzinfo=UTC)
    expires_at = voucher_expires_at(18, issued_at, ZoneInfo(zone))
    assert expires_at is not None
    assert last_day(expires_at, ZoneInfo(zone)) == date(2025, 3, 30), "the day of the change of clocks in Kyiv"
