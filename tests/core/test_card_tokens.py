"""What a member shows at the counter is good for a minute, in one business, and cannot be made up."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest

from app.core.card_tokens import card_token, codes_behind, member_of_token, short_code
from app.core.ids import UNAMBIGUOUS, code, new_id
from app.core.tenancy import business_scope
from tests.factories.businesses import Shop

NOON = datetime(2025, 3, 24, 12, 0, 7, tzinfo=UTC)


def after(seconds: float) -> datetime:
    """Return an instant so many seconds past noon."""
    return NOON + timedelta(seconds=seconds)


def test_a_token_opens_its_member_for_60_seconds_and_suits_a_qr_code_of_capitals(cafe: Shop) -> None:
    cleo = new_id()
    with business_scope(cafe.id):
        token = card_token(cleo, NOON)
        assert len(token) == 48
        assert set(token) <= set("ABCDEFGHIJKLMNOPQRSTUVWXYZ234567")
        assert [member_of_token(token, after(late)) for late in (-4, 0, 60)] == [cleo] * 3
        assert [member_of_token(token, after(late)) for late in (-6, 61, 3600)] == [None] * 3
        assert member_of_token(f" {token.lower()}\n", NOON) == cleo


def test_a_token_of_another_business_or_with_one_sign_changed_opens_nobody(cafe: Shop, florist: Shop) -> None:
    with business_scope(cafe.id):
        token = card_token(new_id(), NOON)
        changed = [f"{token[:at]}{'B' if token[at] == 'A' else 'A'}{token[at + 1 :]}" for at in range(len(token))]
        assert {member_of_token(one, NOON) for one in changed} == {None}
    with business_scope(florist.id):
        assert member_of_token(token, NOON) is None


@pytest.mark.parametrize("text", ["", "ABC", "1" * 48, "A" * 48, "é" * 48, "A" * 10_000])
def test_what_is_no_token_opens_nobody(cafe: Shop, text: str) -> None:
    with business_scope(cafe.id):
        assert member_of_token(text, NOON) is None


def test_a_short_code_stands_for_a_member_s_code_for_60_to_75_seconds(cafe: Shop) -> None:
    with business_scope(cafe.id):
        for _ in range(20):
            own = code()
            short = short_code(own, NOON)
            assert len(short) == 8
            assert set(short) <= set(UNAMBIGUOUS)
            assert own in codes_behind(short.lower(), after(0))
            assert own in codes_behind(short, after(60))
            assert own not in codes_behind(short, after(75))


def test_short_codes_of_one_member_change_and_those_of_two_differ(cafe: Shop, florist: Shop) -> None:
    one, other = code(), code()
    with business_scope(cafe.id):
        codes = {short_code(one, after(15 * step)) for step in range(50)}
        assert len(codes) == 50
        assert one not in codes
        assert short_code(other, NOON) != short_code(one, NOON)
        here = short_code(one, NOON)
    with business_scope(florist.id):
        assert one not in codes_behind(here, NOON)


@pytest.mark.parametrize("text", ["", "ABCDEFG", "ABCDEFGHJ", "OOOOOOOO", "ÄBCDEFGH"])
def test_what_is_no_short_code_stands_for_nothing(cafe: Shop, text: str) -> None:
    with business_scope(cafe.id):
        assert codes_behind(text, NOON) == ()
