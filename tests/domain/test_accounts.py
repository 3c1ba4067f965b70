"""What people type when they sign up, who may do what, and who acts."""

from __future__ import annotations

from collections.abc import Callable
from importlib.resources import files
from uuid import UUID

import pytest

from app.domain.accounts import checked_currency, checked_email, checked_password, checked_pin
from app.domain.actor import SYSTEM
from app.domain.permissions import ROLE_PERMISSIONS, Caller, Open, Permission, Role, granted

ACCEPTED: list[tuple[Callable[[str], str], str, str]] = [
    (checked_email, " alma+till@cafe.example ", "alma+till@cafe.example"),
    (checked_email, "jörg@müller.example", "jörg@müller.example"),
    (checked_password, "a b c d ", "a b c d "),
    (checked_password, "ab" * 64, "ab" * 64),
    (checked_currency, "UAH", "UAH"),
    (checked_pin, "091537", "091537"),
]
REFUSED: list[tuple[Callable[[str], str], str, str]] = [
    (checked_email, "alma", "Email must look like name@example.com"),
    (checked_email, "alma@localhost", "Email must look like name@example.com"),
    (checked_email, "alma@cafe..example", "Email must look like name@example.com"),
    (checked_email, "a@b.example, c@d.example", "Email must look like name@example.com"),
    (checked_email, "alma@cafe.example\nBcc: x@y.example", "Email must look like name@example.com"),
    (checked_password, "seven77", "Password must have at least 8 characters"),
    (checked_password, "ab" * 64 + "a", "Password must have at most 128 characters"),
    (checked_password, "aaaaaaaaaaaa", "Password is too easy to guess"),
    (checked_password, "Sunshine", "Password is too easy to guess"),
    (checked_password, "1q2w3e4r5t", "Password is too easy to guess"),
    (checked_password, " password1 ", "Password is too easy to guess"),
    (checked_currency, "uah", "Currency must be a code such as EUR"),
    (checked_currency, "XXX", "Currency must be a code such as EUR"),
    (checked_pin, "12345", "PIN must be six digits"),
    (checked_pin, "١٢٣٤٥٦", "PIN must be six digits"),
    (checked_pin, "123456", "PIN is too easy to guess"),
    (checked_pin, "777777", "PIN is too easy to guess"),
]


@pytest.mark.parametrize(("check", "typed", "kept"), ACCEPTED)
def test_what_is_sound_is_kept_as_it_was_typed(check: Callable[[str], str], typed: str, kept: str) -> None:
    assert check(typed) == kept


@pytest.mark.parametrize(("check", "typed", "sentence"), REFUSED)
def test_what_is_not_is_refused_with_what_to_type(check: Callable[[str], str], typed: str, sentence: str) -> None:
    with pytest.raises(ValueError) as refused:
        check(typed)
    assert str(refused.value) == sentence


def test_each_of_the_three_thousand_most_common_passwords_is_refused() -> None:
    lines = files("app.domain").joinpath("common_passwords.txt").read_text(encoding="utf-8").splitlines()
    common = [line for line in lines if not line.startswith("#")]
    assert len(set(common)) == 3000
    for password in common:
        with pytest.raises(ValueError, match="too easy to guess"):
            checked_password(password)


def test_an_owner_may_everything_and_each_role_below_less() -> None:
    assert granted(Role.OWNER) == frozenset(Permission)
    assert granted(Role.STAFF) < granted(Role.MANAGER) < granted(Role.OWNER)
    assert granted(Role.OWNER) - granted(Role.MANAGER) == {Permission.STAFF_EDIT, Permission.API_KEY_EDIT}
    assert ROLE_PERMISSIONS.keys() == set(Role)


def test_a_list_of_a_key_narrows_its_role_and_never_widens_it() -> None:
    assert granted(Role.STAFF, ["member:view", "member:erase"]) == {Permission.MEMBER_VIEW}
    assert granted(Role.OWNER, []) == frozenset()
    with pytest.raises(ValueError, match="no such thing"):
        granted(Role.OWNER, ["no such thing"])


def test_a_caller_passes_open_doors_and_those_of_their_permissions() -> None:
    ben = Caller(UUID(int=1), SYSTEM, Role.STAFF, granted(Role.STAFF), UUID(int=2))
    assert ben.may(Permission.TILL_USE)
    assert ben.may(Open.ANY_ROLE)
    assert not ben.may(Permission.STAFF_EDIT)
