"""The crowd's own parts: requests as bytes, answers read to their end, service times out of the log."""

from __future__ import annotations

from decimal import Decimal
from pathlib import Path

import pytest
from flask import Flask

from app.core.unit_of_work import unit_of_work
from app.domain.lifecycle import Status
from app.queries.program_totals import program_counts
from bench import crowding
from bench.shelf import fill_shelf
from bench.shop import found_shop
from tests.bench.conftest import Answering


def test_every_request_is_sent_once_and_its_status_counted(
    url: str, answering: type[Answering], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(crowding, "CONNECTIONS", 4)
    asked = [crowding.request("GET", "/", "key")] * 20
    changed = [crowding.request("PUT", "/", "key", {"amount": Decimal("1.50")})] * 10
    crowd = crowding.send_all(url, [*asked, *changed])
    assert crowd.statuses == {200: 20, 503: 10}
    assert (crowd.answered, crowd.errors) == (30, 10)
    assert answering.served == 30


def test_service_times_are_those_of_good_answers_of_one_kind(tmp_path: Path) -> None:
    log = tmp_path / "web.log"
    log.write_text(
        "starting\n"
        '{"event":"answered","method":"GET","path":"/a/b","status":200,"ms":1.5}\n'
        '{"event":"answered","method":"POST","path":"/a","status":201,"ms":9}\n'
        '{"event":"answered","method":"GET","path":"/a","status":500,"ms":7}\n'
        '{"event":"answered","method":"GET","path":"/other","status":200,"ms":8}\n'
    )
    assert crowding.service_times(log, 0, "/a", "GET") == [1.5]
    assert crowding.service_times(log, log.stat().st_size, "/a", "GET") == []


def test_a_shelf_has_programs_of_every_status_that_the_totals_know(in_app: Flask) -> None:
    shop = found_shop((), 0)
    fill_shelf(shop, 0, 30)
    with unit_of_work(shop.id):
        totals = program_counts()
    assert totals[Status.ACTIVE] == 18
    assert totals[Status.ENDED] == totals[Status.SCHEDULED] == totals[Status.PAUSED] == 3
    assert sum(totals.values()) == 30 + 8  # the samples are drafts
