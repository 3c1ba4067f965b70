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


PROGRAM, DAY = {"programId": "p"}, {"lastDay": "2027-02-20", "day": "2027-02-20"}
TIER = {**PROGRAM, "from": "Silver", "to": None, "effectiveAt": "2027-02-20T00:00Z"}
PROGRESS = {**PROGRAM, "month": "2027-02", "tier": None, "following": "Gold", "currency": "UAH"}


@pytest.mark.parametrize(
    ("kind", "payload", "key", "words"),
    [
        ("points_expiring", {**PROGRAM, **DAY, "days": 7, "points": 1}, "p 2027-02-20 7", {"points": "1 point"}),
        ("program_ended", {**PROGRAM, **DAY}, "p", {"last_day": "20 February 2027"}),
        ("program_running_out", {**PROGRAM, **DAY}, "p 2027-02-20", {"last_day": "20 February 2027"}),
        ("redemption_requested", {"redemptionId": "r", "points": 1200}, "r", {"who": "A member", "how": "in the shop"}),
        ("tier_changed", {**TIER, "reason": "automatic"}, None, {"tier": "", "before": "Silver", "is_rise": "yes"}),
        ("tier_changed", {**TIER, "reason": "period_end"}, "p 2027-02-20T00:00Z", {"is_rise": ""}),
        ("tier_progress", {**PROGRESS, "missing": 1, "metric": "visits"}, "p 2027-02", {"missing": "1 visit"}),
        ("tier_progress", {**PROGRESS, "missing": 1200, "metric": "points"}, "p 2027-02", {"missing": "1,200 points"}),
        ("tier_progress", {**PROGRESS, "missing": 4250, "metric": "spending"}, "p 2027-02", {"missing": "₴42.50"}),
        ("tier_progress", {**PROGRESS, "missing": 0, "metric": "points"}, "p 2027-02", {"missing": "", "tier": ""}),
        ("tier_warning", {**TIER, **DAY, "reason": "inactivity"}, "p 2027-02-20", {"below": "", "is_silence": "yes"}),
        ("till_locked", {"deviceId": "d", "staffId": "s", "since": 3}, "d s 3", {"who": "somebody", "till": "a till"}),
        ("voucher_expiring", {**VOUCHER, **DAY, "days": 7}, "0190-v:7", {"soon": "in a week", "returns": ""}),
        ("webhook_disabled", {"endpointId": "e", "version": 2, "url": "u", "reason": "410"}, "e 2", {"reason": "410"}),
        ("account_exists", {}, None, {}),
        ("activate_draft", {}, None, {}),
        ("password_link", {}, None, {}),
    ],
)
def test_a_mail_is_sent_once_for_what_it_is_about_and_says_it_in_words(
    kind: str, payload: dict[str, object], key: str | None, words: dict[str, str]
) -> None:
    message = MESSAGES[kind]
    assert message.source_key(payload) == key
    assert words.items() <= message.words(payload).items()
