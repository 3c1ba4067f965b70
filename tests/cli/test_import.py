"""`flask purchases import`: a file of another system becomes purchases, once, whatever is in it."""

from __future__ import annotations

import csv
from datetime import UTC, datetime
from pathlib import Path

import pytest
from click.testing import Result
from flask import Flask
from sqlalchemy import func, select

from app.core.unit_of_work import session, unit_of_work
from app.models.member import Member
from app.models.message import Message
from app.models.outbox import OutboxEvent
from app.models.purchase import Purchase
from app.services.relay import relay_events
from tests.factories.businesses import Shop
from tests.factories.programs import punch_card

COLUMNS = ("order_id=Order", "occurred_at=Time", "member=Card", "amount=Sum", "item=What")
HEADER = "Order,Time,Card,Sum,What,Payment\n"
PLAIN = (
    HEADER
    + "1,2026-03-28T10:15,C-1,38.70,Hot Chocolate,card\n"
    + "2,2026-03-28T11:00,,25.00,Latte,cash\n"
    + "3,2026-03-29T09:30:00+03:00,C-1,12.00,,card\n"
    + "4,2026-03-30T08:00,C-2,40,Latte,card\n"
)


@pytest.fixture
def file(tmp_path: Path) -> Path:
    """Four sales, one of them without a card."""
    return written(tmp_path, PLAIN)


def test_rows_become_purchases_of_members_made_on_the_way(app: Flask, cafe: Shop, file: Path) -> None:
    answer = imported(app, cafe, file, "--settle")
    assert answer.exit_code == 0, answer.output
    assert "3 purchases recorded" in answer.stdout and "1 without a member" in answer.stdout
    rows = purchases(cafe)
    assert [(row.order_id, row.amount_minor, row.items) for row in rows] == [
        ("1", 3870, [["hot_chocolate", "1", 3870, "Hot Chocolate", None]]),
        ("3", 1200, [[None, "1", 1200, None, None]]),
        ("4", 4000, [["latte", "1", 4000, "Latte", None]]),
    ]
    assert [row.occurred_at for row in rows] == [
        datetime(2026, 3, 28, 8, 15, tzinfo=UTC),  # winter time in Kyiv
        datetime(2026, 3, 29, 6, 30, tzinfo=UTC),  # its own offset
        datetime(2026, 3, 30, 5, 0, tzinfo=UTC),  # summer time
    ]
    assert all(row.is_historical and not row.waiting and row.source == "old till" for row in rows)
    with unit_of_work(cafe.id):
        cards = {member.external_id: member.joined_at for member in session().scalars(select(Member))}
    assert cards == {"C-1": rows[0].occurred_at, "C-2": rows[2].occurred_at}


def test_what_is_imported_earns_but_sends_no_message(app: Flask, cafe: Shop, file: Path) -> None:
    punch_card(cafe, isActive=True, startsAt="2026-01-01T00:00:00Z")
    imported(app, cafe, file, "--settle")
    with unit_of_work(cafe.id):
        events = list(session().scalars(select(OutboxEvent).where(OutboxEvent.aggregate == "member")))
        assert events and all(event.payload["historical"] for event in events)
        assert relay_events() > 0
        assert session().scalars(select(Message)).all() == []


def test_the_same_file_twice_is_recorded_once(app: Flask, cafe: Shop, file: Path) -> None:
    imported(app, cafe, file, "--settle")
    answer = imported(app, cafe, file, "--settle")
    assert "0 purchases recorded" in answer.stdout and "3 known before" in answer.stdout
    assert len(purchases(cafe)) == 3


def test_a_shift_keeps_the_wall_time_on_both_sides_of_summer_time(app: Flask, cafe: Shop, file: Path) -> None:
    imported(app, cafe, file, "--no-wait", "--shift-days", "7")
    assert [row.occurred_at for row in purchases(cafe)] == [
        datetime(2026, 4, 4, 7, 15, tzinfo=UTC),
        datetime(2026, 4, 5, 6, 30, tzinfo=UTC),
        datetime(2026, 4, 6, 5, 0, tzinfo=UTC),
    ]


def test_a_skipped_wall_time_moves_forward_and_a_doubled_one_is_the_first(
    app: Flask, cafe: Shop, tmp_path: Path
) -> None:
    rows = "gap,2026-03-29T03:30,C-1,1.00,x,\nfold,2025-10-26T03:30,C-1,1.00,x,\n"
    imported(app, cafe, written(tmp_path, HEADER + rows), "--no-wait")
    assert [(row.order_id, row.occurred_at) for row in purchases(cafe)] == [
        ("fold", datetime(2025, 10, 26, 0, 30, tzinfo=UTC)),
        ("gap", datetime(2026, 3, 29, 1, 30, tzinfo=UTC)),
    ]


def test_rows_that_cannot_be_read_go_to_a_file_with_the_reason(app: Flask, cafe: Shop, tmp_path: Path) -> None:
    bad = [
        "5,yesterday,C-1,1.00,x,",
        "6,2026-03-28T10:15,C-1,1.005,x,",
        "7,2026-03-28T10:15,C-1,much,x,",
        "8,2026-03-28T10:15,C-1,-1,x,",
        ",2026-03-28T10:15,C-1,1.00,x,",
        "9,2999-01-01T00:00,C-1,1.00,x,",
        "10,2026-03-28T10:15",
        "1,2026-03-28T10:15,C-1,99.00,Other,",
    ]
    file = written(tmp_path, PLAIN + "\n".join(bad) + "\n")
    answer = imported(app, cafe, file, "--no-wait", "--reject-file", str(tmp_path / "bad.csv"))
    assert answer.exit_code == 0 and "8 rejected" in answer.stdout and len(purchases(cafe)) == 3
    with (tmp_path / "bad.csv").open(encoding="utf-8-sig", newline="") as rejected:
        rows = list(csv.reader(rejected))
    assert rows[0] == ["line", "reason", "Order", "Time", "Card", "Sum", "What", "Payment"]
    kept = {(int(row[0]), ",".join(row[2:])): row[1] for row in rows[1:]}
    assert {cells for _, cells in kept} == set(bad)
    assert {line for line, _ in kept} == set(range(6, 14))
    reasons = {cells.partition(",")[0]: reason for (_, cells), reason in kept.items()}
    assert "no time" in reasons["5"] and "decimals" in reasons["6"] and "number" in reasons["7"]
    assert "future" in reasons["9"] and "header" in reasons["10"] and "other content" in reasons["1"]


def test_semicolons_a_byte_order_mark_and_decimal_commas_are_read(app: Flask, cafe: Shop, tmp_path: Path) -> None:
    text = "Order;Time;Card;Sum;What\n007;2026-03-28T10:15;0042;38,70;Latte\n"
    file = tmp_path / "till.csv"
    for encoding in ("utf-8-sig", "utf-16"):
        file.write_text(text, encoding=encoding)
        assert imported(app, cafe, file, "--no-wait").exit_code == 0
    (row,) = purchases(cafe)
    assert (row.order_id, row.amount_minor) == ("007", 3870)
    with unit_of_work(cafe.id):
        assert session().scalars(select(Member.external_id)).all() == ["0042"]


@pytest.mark.parametrize(
    ("options", "sentence"),
    [
        (["--map", "order_id=Nowhere"], "The file has no column Nowhere"),
        (["--map", "colour=Order"], "There is no field colour"),
        (["--map", "order_id"], "write FIELD=COLUMN"),
        (["--timezone", "Mars/Base"], "Mars/Base is no timezone"),
    ],
)
def test_a_wrong_option_is_told_before_anything_is_recorded(
    app: Flask, cafe: Shop, file: Path, options: list[str], sentence: str
) -> None:
    answer = imported(app, cafe, file, *options)
    assert answer.exit_code == 2 and sentence in answer.stderr and purchases(cafe) == []


def test_a_missing_field_and_an_unknown_business_are_told(app: Flask, cafe: Shop, file: Path) -> None:
    runner = app.test_cli_runner()
    call = ["purchases", "import", str(file), "--source", "x", "--map", "order_id=Order", "--business"]
    answer = runner.invoke(args=[*call, cafe.slug])
    assert answer.exit_code == 2 and "Map the field occurred_at" in answer.stderr
    answer = runner.invoke(args=[*call, "nobody", *(part for each in COLUMNS for part in ("--map", each))])
    assert answer.exit_code == 2 and "There is no business nobody" in answer.stderr


@pytest.mark.parametrize(
    ("content", "sentence"), [(b"", "empty"), (b"a,b\xff,c\n1,2,3\n", "UTF-8"), (b"a,a\n", "same")]
)
def test_a_file_that_is_none_is_told(app: Flask, cafe: Shop, tmp_path: Path, content: bytes, sentence: str) -> None:
    file = tmp_path / "none.csv"
    file.write_bytes(content)
    answer = imported(app, cafe, file)
    assert answer.exit_code == 1 and sentence in answer.stderr


def imported(app: Flask, shop: Shop, file: Path, *options: str) -> Result:
    """Run the command as an operator would."""
    mapping = [part for each in COLUMNS for part in ("--map", each)]
    call = ["purchases", "import", str(file), "--business", shop.slug, "--source", "old till", *mapping, *options]
    return app.test_cli_runner().invoke(args=call)


def purchases(shop: Shop) -> list[Purchase]:
    """All purchases of a shop by time."""
    with unit_of_work(shop.id):
        rows = list(session().scalars(select(Purchase).order_by(Purchase.occurred_at)))
        session().expunge_all()
        assert session().scalar(select(func.count()).select_from(Purchase)) == len(rows)
    return rows


def written(folder: Path, text: str) -> Path:
    """A file of purchases."""
    file = folder / "sales.csv"
    file.write_text(text, encoding="utf-8")
    return file
