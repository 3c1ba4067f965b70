"""The business that is measured has work for the engine: its purchases wait, come in order and earn."""

from __future__ import annotations

from flask import Flask
from sqlalchemy import func, select

from app.core.unit_of_work import unit_of_work
from app.models.ledger import LedgerEntry
from app.models.purchase import Purchase
from app.services.earning_drain import drain
from bench.shop import found_shop


def test_a_backlog_waits_and_each_of_its_purchases_earns(in_app: Flask) -> None:
    shop = found_shop({"POINTS_BASED"}, 3, has_caps=False)
    shop.record_backlog(6)
    shop.record_backlog(6)
    with unit_of_work(shop.id) as session:
        assert session.scalar(select(func.count()).select_from(Purchase).where(Purchase.waiting)) == 12
    assert sum(drain(shop.id)) == 12
    with unit_of_work(shop.id) as session:
        assert (session.scalar(select(func.count()).select_from(LedgerEntry)) or 0) >= 6
        assert session.scalar(select(func.count()).select_from(Purchase).where(Purchase.waiting)) == 0
