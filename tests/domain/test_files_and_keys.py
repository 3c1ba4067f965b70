"""What comes from outside as text and bytes: tables, the keys of pictures, and addresses that browsers hand in."""

from __future__ import annotations

from uuid import UUID

import pytest

from app.domain.picture_keys import is_picture_key, picture_key, picture_size
from app.domain.push import are_push_keys, is_push_service
from app.domain.table_file import MOST_COLUMNS, UnreadableFile, read_table

OWNER = UUID("0190e0c0-0000-7000-8000-000000000000")


def test_a_picture_s_key_says_how_large_it_is_and_nothing_else_is_one() -> None:
    key = picture_key(OWNER, "reward", "0" * 48, (1280, 960))
    assert (is_picture_key(key), picture_size(key)) == (True, (1280, 960))
    with pytest.raises(ValueError, match="not the key of a picture"):
        picture_size(f"../{key}")


@pytest.mark.parametrize(("p256dh", "auth"), [("", ""), ("*" * 87, "A" * 22), ("BA", "A" * 22), ("é", "é")])
def test_keys_that_no_browser_makes_are_refused(p256dh: str, auth: str) -> None:
    assert not are_push_keys(p256dh, auth)


def test_an_address_that_cannot_be_taken_apart_is_no_push_service() -> None:
    assert not is_push_service("https://[half", ["half"])


@pytest.mark.parametrize(
    ("content", "says"),
    [
        (b'a,b\n"' + b"x" * 200_000 + b'",1\n', "cannot be read after line"),
        ((",".join(["a"] * (MOST_COLUMNS + 1)) + "\n1\n").encode(), f"Keep at most {MOST_COLUMNS}"),
    ],
)
def test_a_table_that_cannot_be_read_says_what_to_do(content: bytes, says: str) -> None:
    with pytest.raises(UnreadableFile, match=says):
        read_table(content)
