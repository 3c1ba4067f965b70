"""The how-to pages of the documentation: their blocks are run, in their order and as they stand, on real processes."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator
from pathlib import Path

import pytest
from standardwebhooks.webhooks import Webhook

from app.embedded.processes import wait_until
from tests.docs.conftest import HOW_TO, Desk
from tests.support.receiver import Receiver, receiving

LONGEST_SECONDS = 40
PYTHON = re.compile(r"```python\n(.*?)```", re.DOTALL)
RUN = {
    "catch-up-after-an-outage.md",
    "import-members.md",
    "page-through-lists.md",
    "receive-webhooks.md",
    "redeem-rewards.md",
    "refund-a-purchase.md",
    "send-again-safely.md",
    "send-purchases-from-your-till.md",
    "sign-in-with-keys.md",
}


@pytest.fixture
def receiver() -> Iterator[Receiver]:
    """What listens on the reader's side."""
    with receiving() as listening:
        yield listening


def test_every_page_is_run_here_and_named_in_the_index() -> None:
    pages = {page.name for page in HOW_TO.glob("*.md")}
    assert pages == RUN
    index = (HOW_TO.parent / "README.md").read_text(encoding="utf-8")
    assert [page for page in sorted(pages) if f"(how-to/{page})" not in index] == []
    order = [
        index.index(words) for words in ("Learn by doing", "Get something done", "Look something up", "Understand")
    ]
    assert order == sorted(order)


def test_signing_in(desk: Desk, tmp_path: Path) -> None:
    said = desk.run("sign-in-with-keys.md", tmp_path)
    assert said.splitlines()[:2] == ["Café Alma", "owner"]
    assert len(said.splitlines()) == 3, "the key of the till sees a member"


def test_sending_purchases(desk: Desk, tmp_path: Path) -> None:
    (tmp_path / "docs").symlink_to(HOW_TO.parent)
    said = desk.run("send-purchases-from-your-till.md", tmp_path)
    assert "Bean points: " in said
    assert "balance 25\n" in said


def test_sending_again(desk: Desk, tmp_path: Path) -> None:
    first, replayed = desk.run("send-again-safely.md", tmp_path).split("\n", 1)
    assert len(first) == 36
    assert replayed.strip().lower() == "idempotency-replayed: true"


def test_refunding(desk: Desk, tmp_path: Path) -> None:
    said = desk.run("refund-a-purchase.md", tmp_path)
    assert '"Bean points"' in said
    assert said.splitlines()[-2:] == ["2.50", "cancelled"]


def test_redeeming(desk: Desk, tmp_path: Path) -> None:
    points, before, after = desk.run("redeem-rewards.md", tmp_path).splitlines()
    assert points.endswith(" points, pending")
    assert (before, after) == ("available", "redeemed")


def test_importing_and_exporting(desk: Desk, tmp_path: Path) -> None:
    said = desk.run("import-members.md", tmp_path).splitlines()
    assert [json.loads(line) for line in said[:2]] == [{"created": 1, "failed": 1, "points": 120}] * 2
    assert any(line.startswith("Dan Brown") and "phone number" in line for line in said)
    assert "member_import_undo" in said
    assert '{"recorded":1}' in said
    assert said[-1].removeprefix("\ufeff").startswith("Name,Phone")


def test_paging(desk: Desk, tmp_path: Path) -> None:
    said = desk.run("page-through-lists.md", tmp_path).splitlines()
    assert "Cleo Marsh" in said
    assert "Bean points" in said
    assert said[-1] == "2 in all"


def test_receiving_webhooks(desk: Desk, tmp_path: Path, receiver: Receiver) -> None:
    said = desk.run("receive-webhooks.md", tmp_path, RECEIVER=receiver.url).splitlines()
    secret = said[0]
    assert said[1] == "waiting"
    assert wait_until(lambda: len(receiver.got) > 0, LONGEST_SECONDS)
    got = receiver.got[0]
    known: dict[str, object] = {}
    for block in PYTHON.findall((HOW_TO / "receive-webhooks.md").read_text(encoding="utf-8")):
        exec(block, known)
    event = known["event_of"](secret, got.headers, got.body)  # type: ignore[operator]
    assert event == Webhook(secret).verify(got.body, got.headers)
    assert known["is_genuine"](secret, got.headers, got.body) is True  # type: ignore[operator]
    assert known["is_genuine"](secret, got.headers, got.body + b" ") is False  # type: ignore[operator]


def test_catching_up(desk: Desk, tmp_path: Path) -> None:
    said = desk.run("catch-up-after-an-outage.md", tmp_path)
    assert "loyalty.purchase.processed" in said
    assert said.splitlines()[-1] == '{"accepted":2,"duplicates":0,"rejected":[]}'
