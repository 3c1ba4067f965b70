"""A redemption goes its way once, and a cancel puts points and stock back."""

from __future__ import annotations

from datetime import timedelta
from uuid import UUID
from zoneinfo import ZoneInfo

import pytest
from sqlalchemy import select

from app.core import clock
from app.core.unit_of_work import session, unit_of_work
from app.domain.errors import Conflict
from app.domain.lifecycle import Action
from app.domain.localtime import end_of_day, local_day
from app.models.enrollment import Enrollment
from app.models.ledger import LedgerEntry, Lot
from app.models.message import Message
from app.models.program_stats import ProgramStats
from app.queries.vouchers import voucher
from app.services.corrections import refund_purchase
from app.services.expiry import expire_points
from app.services.member_erasure import erase_member
from app.services.members import set_member_status
from app.services.program_lifecycle import move_program
from app.services.redemptions import Delivery
from app.services.voucher_use import redeem_voucher
from tests.factories.businesses import Shop
from tests.factories.programs import owner_of
from tests.factories.rewards import free_coffee, moved, read, redeem, saver
from tests.factories.trade import join, live_points, sell, settle
from tests.support.books import balance, events

DAY = timedelta(days=1)
KYIV = ZoneInfo("Europe/Kyiv")


def test_a_cancel_puts_points_and_stock_back_once(cafe: Shop) -> None:
    member_id = saver(cafe)
    reward_id = free_coffee(cafe, quantityAvailable=1)
    made = redeem(cafe, member_id, reward_id)
    found = moved(cafe, made, "cancelled", notes="Machine broken")
    assert (found["status"], found["pointsReturned"], found["notes"]) == ("cancelled", 40, "Machine broken")
    assert balance(cafe, member_id) == 100
    with unit_of_work(cafe.id):
        assert voucher(found["voucherCode"])["status"] == "revoked"
        kept = session().execute(select(Enrollment.lifetime, Enrollment.spent).where(Enrollment.unit == "points")).one()
    assert tuple(kept) == (100, 0), "what comes back was not earned again"
    with pytest.raises(Conflict):
        moved(cafe, made, "cancelled")
    redeem(cafe, member_id, reward_id)
    assert balance(cafe, member_id) == 60


def test_a_cancel_may_keep_the_points(cafe: Shop) -> None:
    member_id = saver(cafe)
    made = redeem(cafe, member_id, free_coffee(cafe))
    assert moved(cafe, made, "cancelled", return_points=False)["pointsReturned"] == 0
    assert balance(cafe, member_id) == 60


def test_points_come_back_with_their_old_expiry_and_a_fortnight_at_least(cafe: Shop) -> None:
    live_points(cafe, ruleConfig={"pointsPerDollar": 2, "redemptionRate": 50, "expirationMonths": 1})
    member_id = join(cafe, "Cleo")
    sell(cafe, member_id, "50.00")
    reward_id = free_coffee(cafe)
    early, late = redeem(cafe, member_id, reward_id), redeem(cafe, member_id, reward_id)
    now = clock.now()
    with unit_of_work(cafe.id):
        old = session().scalars(select(Lot.expires_at)).one()
    moved(cafe, early, "cancelled")
    with clock.frozen(now + 60 * DAY):
        moved(cafe, late, "cancelled")
        assert balance(cafe, member_id) == 40, "the first forty and the rest have run out in the meantime"
        with unit_of_work(cafe.id):
            expire_points()
    with unit_of_work(cafe.id):
        ends = session().scalars(select(Lot.expires_at).order_by(Lot.id)).all()
        earned = set(session().scalars(select(Lot.earned_at)))
    assert ends == [old, old, end_of_day(local_day(now + 74 * DAY, KYIV), KYIV)], "as every lot, with the end of a day"
    assert len(earned) == 1, "they were earned when they were earned"


def test_points_that_come_back_first_pay_what_is_owed(cafe: Shop) -> None:
    live_points(cafe)
    member_id = join(cafe, "Cleo")
    purchase_id = sell(cafe, member_id, "20.00")
    made = redeem(cafe, member_id, free_coffee(cafe))
    with unit_of_work(cafe.id):
        refund_purchase(purchase_id, amount_minor=1500, items=None, reason="", actor=owner_of(cafe))
    settle(cafe)
    moved(cafe, made, "cancelled")
    assert balance(cafe, member_id) == 10


@pytest.mark.parametrize(
    ("way", "refused"),
    [
        (["approved", "shipped", "delivered"], "cancelled"),
        (["approved", "redeemed"], "cancelled"),
        (["redeemed"], "approved"),
        (["cancelled"], "approved"),
        (["approved"], "pending"),
        (["approved"], "delivered"),
        ([], "shipped"),
        ([], "delivered"),
    ],
)
def test_a_redemption_goes_the_ways_of_the_machine_and_no_other(cafe: Shop, way: list[str], refused: str) -> None:
    made = redeem(cafe, saver(cafe), free_coffee(cafe))
    for status in way:
        assert moved(cafe, made, status)["status"] == status
    with pytest.raises(Conflict) as told:
        moved(cafe, made, refused)
    assert told.value.code == "invalid_transition"
    updated = [event["status"] for event in events(cafe, "redemption.updated")]
    assert updated == way


def test_what_was_sent_cannot_be_had_at_the_counter_too(cafe: Shop) -> None:
    made = redeem(cafe, saver(cafe), free_coffee(cafe), delivery=Delivery("shipping", "1 Main St"))
    moved(cafe, made, "approved")
    found = moved(cafe, made, "shipped", tracking_number="AB1")
    assert found["trackingNumber"] == "AB1"
    with unit_of_work(cafe.id), pytest.raises(Conflict) as told:
        redeem_voucher(found["voucherCode"], None, owner_of(cafe))
    assert told.value.code == "already_redeemed"


def test_who_comes_second_reads_who_was_first(cafe: Shop) -> None:
    made = redeem(cafe, saver(cafe), free_coffee(cafe))
    seen = read(cafe, made)["version"]
    moved(cafe, made, "approved", seen_version=seen)
    with (
        clock.frozen(clock.now() + timedelta(seconds=5)),
        pytest.raises(Conflict, match=r"Alma approved this \d+ s ago"),
    ):
        moved(cafe, made, "approved", seen_version=seen)


def test_what_a_cancel_gives_back_stands_in_the_books_as_its_debit_s_return(cafe: Shop) -> None:
    made = redeem(cafe, saver(cafe), free_coffee(cafe))
    moved(cafe, made, "cancelled")
    with unit_of_work(cafe.id):
        debit, back = session().scalars(
            select(LedgerEntry).where(LedgerEntry.kind.in_(("redeem", "restore"))).order_by(LedgerEntry.number)
        )
        assert (debit.amount, back.amount, back.reverses_entry_id) == (-40, 40, debit.id)
        assert debit.source_key == f"redemption:{made}"


def test_a_paused_program_still_pays(cafe: Shop) -> None:
    program_id = live_points(cafe)
    member_id = saver(cafe, program_id=program_id)
    with unit_of_work(cafe.id):
        move_program(program_id, Action.PAUSE, actor=owner_of(cafe))
    moved(cafe, redeem(cafe, member_id, free_coffee(cafe)), "redeemed")
    assert balance(cafe, member_id) == 60


def test_a_suspended_member_is_refused(cafe: Shop) -> None:
    member_id = saver(cafe)
    with unit_of_work(cafe.id):
        set_member_status(member_id, {"status": "suspended"}, actor=owner_of(cafe))
    with pytest.raises(Conflict, match="suspended"):
        redeem(cafe, member_id, free_coffee(cafe))


def test_what_an_erased_member_asked_for_stays_without_anything_personal(cafe: Shop) -> None:
    member_id = saver(cafe)
    delivery = Delivery("shipping", "1 Main St", "For Cleo")
    made = redeem(cafe, member_id, free_coffee(cafe), delivery=delivery)
    with unit_of_work(cafe.id):
        erase_member(member_id, actor=owner_of(cafe))
    found = read(cafe, made)
    assert (found["shippingAddress"], found["notes"], found["memberName"]) == (None, "", "")
    with unit_of_work(cafe.id):
        told = session().scalars(select(Message.context).where(Message.kind == "redemption_requested"))
        assert list(told) == [{}]
    assert moved(cafe, made, "cancelled")["pointsReturned"] == 40


def test_the_program_s_kept_figures_follow(cafe: Shop) -> None:
    program_id = live_points(cafe)
    member_id = saver(cafe, program_id=program_id)
    first, _ = (redeem(cafe, member_id, free_coffee(cafe)) for _ in range(2))
    assert kept(cafe, program_id) == (2, 2, 20)
    moved(cafe, first, "cancelled")
    assert kept(cafe, program_id) == (1, 1, 60)


def kept(cafe: Shop, program_id: UUID) -> tuple[int, int, int]:
    settle(cafe)
    with unit_of_work(cafe.id):
        row = session().scalars(select(ProgramStats).where(ProgramStats.program_id == program_id)).one()
        return row.redemptions, row.vouchers_issued, row.outstanding
