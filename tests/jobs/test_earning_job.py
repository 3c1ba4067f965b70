"""The earning job: it takes its turn, leaves what it could not do, and rings for what is left."""

from __future__ import annotations

import pytest
from sqlalchemy import select

from app.core import queue
from app.core.unit_of_work import platform_session, session, unit_of_work
from app.domain.lifecycle import Action
from app.jobs import earning as earning_job
from app.models.due import Due
from app.models.purchase import Purchase
from app.services import earning
from app.services.members import create_member
from app.services.program_lifecycle import move_program
from tests.factories.businesses import Shop
from tests.factories.programs import owner_of, punch_card
from tests.support.rounds import businesses_in_round
from tests.support.worker import forget_what_waits, work_off

SALES = 6


@pytest.fixture
def busy_cafe(cafe: Shop) -> Shop:
    """Café Alma after six sales to six members, none of which has earned yet; nobody else waits."""
    forget_what_waits("earning")
    program_id = punch_card(cafe)
    with unit_of_work(cafe.id):
        move_program(program_id, Action.ACTIVATE, actor=owner_of(cafe))
        for _ in range(SALES):
            create_member({"name": "Cleo"}, actor=owner_of(cafe))
    members = [member["id"] for member in cafe.owner.get("/members").json["data"]]
    for member_id in members:
        body = {"orderId": f"order of {member_id}", "memberId": member_id, "amount": "10.00"}
        assert cafe.owner.post("/purchases", body).status_code == 202
    return cafe


def test_what_waits_in_a_usual_business_is_one_transaction_of_one_thread(
    busy_cafe: Shop, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(earning_job, "drain", None)
    earning_job.settle_purchases(str(busy_cafe.id))
    assert (_waiting(busy_cafe), _due(busy_cafe)) == (0, 0)


def test_what_was_rung_for_is_settled_by_a_worker_of_rq_on_its_round(busy_cafe: Shop) -> None:
    work_off("earning")
    assert (_waiting(busy_cafe), _due(busy_cafe), _rings(busy_cafe)) == (0, 0, 0)


def test_a_job_whose_time_is_over_rings_for_the_rest_at_once(busy_cafe: Shop, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(earning.claim_members, "__defaults__", (1,))
    monkeypatch.setattr(earning_job, "_MOST_SECONDS", -1.0)
    runs = 0
    while _waiting(busy_cafe) and runs < SALES:
        queue.answered("earning.settle_purchases", busy_cafe.id)
        rings = _rings(busy_cafe)
        earning_job.settle_purchases(str(busy_cafe.id))
        runs += 1
        assert _rings(busy_cafe) - rings == (1 if _waiting(busy_cafe) else 0)
    assert runs > 1, "one run did not do it all"
    assert _waiting(busy_cafe) == 0
    assert _due(busy_cafe) == 0


def test_what_another_worker_holds_stays_due(busy_cafe: Shop) -> None:
    with unit_of_work(busy_cafe.id):
        assert len(earning.claim_members(1).members) == 1
        earning_job.settle_purchases(str(busy_cafe.id))
    assert _waiting(busy_cafe) == 1, "the first let go without settling, as one that was killed does"
    assert _due(busy_cafe) == 1
    earning_job.settle_purchases(str(busy_cafe.id))
    assert (_waiting(busy_cafe), _due(busy_cafe)) == (0, 0)


def _waiting(shop: Shop) -> int:
    with unit_of_work(shop.id):
        return len(session().scalars(select(Purchase.id).where(Purchase.waiting)).all())


def _rings(shop: Shop) -> int:
    return sum(shop_id == shop.id for shop_id in businesses_in_round("earning.settle_purchases"))


def _due(shop: Shop) -> int:
    with platform_session():
        rows = select(Due.id).where(Due.business_id == shop.id, Due.kind == "earning")
        return len(session().scalars(rows).all())
