"""`bin/bench api`: the API under granian with two workers, driven by wrk at 16 connections."""

from __future__ import annotations

from dataclasses import replace

from bench.api_bench import ApiBench, listed_programs
from bench.api_rows import award_row, balance_row, bulk_row, moving_rows, post_row, reading_rows
from bench.report import Row
from bench.shop import found_shop
from bench.stack import running_stack
from bench.tpcb import TpcB
from bench.web import start_web

MEMBERS = 500


def measure(rounds: int) -> list[Row]:
    """The API's rows of QUALITY, each beside its reference of the same minutes."""
    with running_stack() as stack:
        shop = found_shop({"POINTS_BASED"}, MEMBERS, has_caps=False)
        programs = shop.create_programs(listed_programs())
        bench = ApiBench(start_web(stack), TpcB(stack.services), shop, shop.api_key())
        bench.warm(programs[0])
        rows = [*reading_rows(bench, programs[0], rounds), post_row(bench, rounds), bulk_row(bench, rounds)]
        other = found_shop((), MEMBERS)  # programs by the hundred would earn with every purchase of the first
        rows += moving_rows(replace(bench, shop=other, key=other.api_key()), rounds)
        stack.python("worker", "app.worker", "earning", REGULARS_PROCESS="worker_earning")
        return [*rows, award_row(bench, rounds), balance_row(bench, rounds)]
