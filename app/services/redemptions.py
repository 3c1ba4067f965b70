"""A member turns points into a reward or into money: debit, stock and record in one transaction (RULES 5)."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy import select

from app.core import clock
from app.core.ids import new_id
from app.core.unit_of_work import session
from app.domain.actor import Actor
from app.domain.errors import Conflict
from app.domain.events import EventType
from app.domain.program import ProgramVersion
from app.domain.redemptions import money_for_points
from app.domain.reward_registry import CREDIT
from app.domain.rules.points_based import Config
from app.models.member import Member
from app.models.redemption import Redemption
from app.models.reward import Reward
from app.queries.live_versions import newest_versions
from app.queries.recipients import owner_ids
from app.services.ledger import Journal
from app.services.member_facts import tell
from app.services.members import locked_member
from app.services.messages import NewMessage, Recipient, write_messages
from app.services.passbook import Passbook
from app.services.redemption_books import count, opened_books, pay
from app.services.redemption_checks import (
    IN_STORE,
    Delivery,
    check_balance,
    check_choice,
    check_delivery,
    check_member,
    check_offer,
    offered_reward,
    paying_book,
    refuse_other_program,
)
from app.services.redemption_vouchers import issue_voucher
from app.services.reward_stock import take_unit

__all__ = ["IN_STORE", "Delivery", "announced", "request_credit", "request_redemption"]

_PEOPLE = ("user", "staff")
"""Who stands at the counter and needs no mail about what they hand over there."""


def request_redemption(
    member_id: UUID,
    reward_id: UUID,
    *,
    actor: Actor,
    program_id: UUID | None = None,
    delivery: Delivery = IN_STORE,
    key: str | None = None,
) -> UUID:
    """Take the points, one unit of stock, and write the redemption with its voucher; returns its id.

    Locks in this order: member and enrollments, lots, the reward's stock. The same ``key`` (for ever) returns the
    first redemption. Raises NotFound (member, reward), ValidationErrors (``program_required``, delivery) or Conflict
    ``insufficient_points``, ``out_of_stock``, ``tier_required``, ``not_available``.
    """
    member = locked_member(member_id)
    if (done := _done(member_id, key)) is not None:
        return done
    reward = offered_reward(reward_id)
    check_delivery(delivery)
    if actor.kind == "member":
        check_choice(reward, delivery)
    now = clock.now()
    check_offer(reward, member, delivery.location_id, now)
    journal = Journal(now)
    books = opened_books(journal, member_id)
    refuse_other_program(reward, program_id)
    book = paying_book(books, reward.program_id or program_id, reward.points_cost, now)
    drawn = _Drawn("reward", reward.name, reward.reward_type, reward.value, reward.points_cost, reward)
    return _write(journal, books, book, member, drawn, delivery, actor, key)


def request_credit(
    member_id: UUID,
    points: int,
    *,
    actor: Actor,
    program_id: UUID | None = None,
    delivery: Delivery = IN_STORE,
    key: str | None = None,
) -> UUID:
    """Turn points into money off a purchase: by the program's steps, or any number that gives whole minor units.

    Locks, ``key`` and errors as above; 422 on ``points`` names the nearest number below.
    """
    member = locked_member(member_id)
    if (done := _done(member_id, key)) is not None:
        return done
    check_delivery(delivery)
    now = clock.now()
    check_member(member)
    journal = Journal(now)
    books = opened_books(journal, member_id)
    book = paying_book(books, program_id, points, now, is_checked=False)
    version = _version(book.program_id)
    assert isinstance(version.config, Config)
    minor = money_for_points(points, version.config, version.currency)
    check_balance(book, points)
    drawn = _Drawn("credit", f"{points:,} points as money", CREDIT, {"amount": minor}, points, None)
    return _write(journal, books, book, member, drawn, delivery, actor, key)


@dataclass(frozen=True, slots=True)
class _Drawn:
    """What is taken, and for how many points."""

    kind: str
    name: str
    reward_type: str
    value: dict[str, Any] | None
    points: int
    reward: Reward | None


def _done(member_id: UUID, key: str | None) -> UUID | None:
    if key is None:
        return None
    known = session().execute(select(Redemption.id, Redemption.member_id).where(Redemption.request_key == key)).first()
    if known is not None and known.member_id != member_id:
        raise Conflict("request_key_reused", "This key stands for another member's redemption")
    return None if known is None else known.id


def _version(program_id: UUID) -> ProgramVersion:
    return newest_versions([program_id])[program_id]


def _write(
    journal: Journal,
    books: list[Passbook],
    book: Passbook,
    member: Member,
    drawn: _Drawn,
    delivery: Delivery,
    actor: Actor,
    key: str | None,
) -> UUID:
    version = _version(book.program_id)
    redemption = _row(journal.recorded_at, book, drawn, delivery, actor, key)
    staff_id = actor.id if actor.kind in _PEOPLE else None
    pay(
        journal,
        book,
        redemption.id,
        drawn.points,
        version_id=version.id,
        staff_id=staff_id,
        location_id=delivery.location_id,
    )
    journal.write(books)
    redemption.holds_stock = drawn.reward is not None and take_unit(drawn.reward)
    told = {"programId": book.program_id, "redemptionId": redemption.id, "points": drawn.points}
    tell(member, EventType.POINTS_REDEEMED, told)
    issue_voucher(member, redemption, drawn.reward, version.zone)
    vouchers = 1 if redemption.voucher_id is not None else 0
    count(book.program_id, redemptions=1, vouchers=vouchers, spent=drawn.points)
    tell(member, EventType.REDEMPTION_REQUESTED, announced(redemption))
    if actor.kind not in _PEOPLE or delivery.method != "in_store":
        _tell_owners(member, redemption)
    session().flush()
    return redemption.id


def _tell_owners(member: Member, redemption: Redemption) -> None:
    """Leave a mail to every owner; its words are blanked when the member is erased (services.member_erasure)."""
    context = announced(redemption) | {"memberName": member.name}
    plain = {name: str(value) if isinstance(value, UUID) else value for name, value in context.items()}
    write_messages(
        NewMessage("redemption_requested", Recipient(user_id=user_id), str(redemption.id), plain)
        for user_id in owner_ids()
    )


def _row(now: datetime, book: Passbook, drawn: _Drawn, delivery: Delivery, actor: Actor, key: str | None) -> Redemption:
    address = delivery.address if delivery.method == "shipping" else None
    return Redemption(
        id=new_id(),
        member_id=book.member_id,
        program_id=book.program_id,
        enrollment_id=book.id,
        reward_id=drawn.reward.id if drawn.reward else None,
        kind=drawn.kind,
        name=drawn.name,
        reward_type=drawn.reward_type,
        value=drawn.value,
        points_redeemed=drawn.points,
        status="pending",
        delivery_method=delivery.method,
        shipping_address=dict(address) if isinstance(address, Mapping) else address,
        notes=delivery.notes,
        location_id=delivery.location_id,
        request_key=key,
        requested_by=actor.name,
        requested_at=now,
        moved_at=now,
        moved_by=actor.name,
    )


def announced(redemption: Redemption) -> dict[str, Any]:
    """What events say of a redemption; neither code nor address is in it."""
    return {
        "redemptionId": redemption.id,
        "rewardId": redemption.reward_id,
        "programId": redemption.program_id,
        "kind": redemption.kind,
        "name": redemption.name,
        "points": redemption.points_redeemed,
        "status": redemption.status,
        "deliveryMethod": redemption.delivery_method,
    }
