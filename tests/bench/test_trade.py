"""What the measured businesses ask: the proportions that are written down, and requests that the product answers."""

from __future__ import annotations

from collections import Counter
from itertools import islice

from flask import Flask

from app.core.unit_of_work import unit_of_work
from app.queries.businesses import header
from bench.mixed import mix_words, requests_of
from bench.noisy import OF_A_NEIGHBOUR, allowed_a_minute
from bench.shop import found_shop
from bench.till import pair_tills
from bench.trade import INGEST, MIX, found_trade


def test_every_kind_of_request_is_answered_well(in_app: Flask) -> None:
    trade, client = found_trade(), in_app.test_client()
    for place, asked in enumerate(islice(trade.asks(MIX), len(MIX))):
        body = asked.body.replace("ORDER", f"order {place}")
        headers = {"Authorization": f"Bearer {trade.key}"}
        answer = client.open(
            asked.path, method=asked.method, data=body, headers=headers, content_type="application/json"
        )
        assert answer.status_code in (200, 202), (asked, answer.text)


def test_a_mix_is_in_its_proportions_for_every_business(in_app: Flask) -> None:
    trades = [found_trade(), found_trade()]
    requests = requests_of(trades, 80)
    for trade in trades:
        assert sum(key == trade.key for _, _, key, _ in requests) == 40
    assert Counter(method for method, _, _, _ in requests) == {"GET": 72, "POST": 8}
    assert all(("ORDER" in body) == (method == "POST") for method, _, _, body in requests)
    assert mix_words() == "8 one program, 4 list of programs, 4 balance, 2 member, 2 sale"


def test_neighbours_stay_far_below_their_limits() -> None:
    ingest, management = allowed_a_minute()
    assert 60 * sum(kind in INGEST for kind in OF_A_NEIGHBOUR) < ingest / 2
    assert 60 * sum(kind not in INGEST for kind in OF_A_NEIGHBOUR) < management


def test_a_request_can_be_asked_again_and_again(in_app: Flask) -> None:
    trade = found_trade()
    members = len(trade.shop.members)
    sales = list(islice(trade.asks(["sale"]), members + 1))
    assert {asked.method for asked in sales} == {"POST"}
    assert len({asked.body for asked in sales}) == members


def test_a_till_that_was_paired_for_the_measurement_is_let_in(in_app: Flask) -> None:
    shop = found_shop({"PUNCH_CARD"}, 2)
    base, doors = pair_tills(shop, 2)
    with unit_of_work(shop.id):
        assert base == f"/b/{header()['slug']}/till"
    for door in doors:
        client = in_app.test_client()
        for name, value in door.items():
            client.set_cookie(name, value, path=base)
        page = client.get(f"{base}/members/{shop.members[0]}/purchase")
        assert page.status_code == 200
        assert 'name="purchase_key"' in page.text
    assert in_app.test_client().get(f"{base}/").status_code == 303
