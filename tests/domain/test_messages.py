"""What the message kinds say of their events, and for what a member gets one mail at most."""

from app.domain.events import EventType
from app.domain.message_registry import MESSAGES, MESSAGES_BY_EVENT, WANTED


def test_a_member_is_welcomed_once_whatever_program_takes_them_in() -> None:
    welcome = MESSAGES["welcome"]
    assert MESSAGES_BY_EVENT[EventType.MEMBER_ENROLLED] == ["welcome"]
    assert welcome.source_key({"programId": "1"}) == welcome.source_key({"programId": "2"})
    assert welcome.words({"programId": "1"}) == {}


def test_each_voucher_is_told_of_once_with_its_last_day_where_it_has_one() -> None:
    reward = MESSAGES["reward_earned"]
    voucher = {"voucherId": "7", "description": "A coffee"}
    assert (reward.source_key(voucher), reward.source_key({"voucherId": "8"})) == ("7", "8")
    assert reward.words(voucher) == {"reward": "A coffee", "last_day": ""}
    assert reward.words(voucher | {"lastDay": "2026-03-09"})["last_day"] == "9 March 2026"


def test_an_event_that_no_kind_listens_to_is_not_wanted() -> None:
    assert EventType.PURCHASE_PROCESSED not in WANTED
    assert MESSAGES_BY_EVENT[EventType.PURCHASE_PROCESSED] == []
