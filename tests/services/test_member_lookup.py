"""Members that purchases and files name: found or made, once for all that mean the same."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from threading import Barrier
from uuid import UUID

from flask import Flask

from app.core.unit_of_work import unit_of_work
from app.domain.member_ref import MemberRef
from app.queries.members import members_slice
from app.services.member_lookup import resolve_members
from tests.factories.businesses import Shop
from tests.factories.programs import owner_of


def resolve(shop: Shop, *refs: MemberRef, create: bool = False) -> dict[MemberRef, UUID]:
    with unit_of_work(shop.id):
        return resolve_members(refs, create=create, actor=owner_of(shop))


def test_what_nobody_has_is_absent(cafe: Shop) -> None:
    assert resolve(cafe, MemberRef(phone="0501234567"), MemberRef(code="ABCD2345"), MemberRef(email="no@x.com")) == {}


def test_two_spellings_of_one_key_make_one_member(cafe: Shop) -> None:
    spellings = [MemberRef(phone="050 123 45 67", name="Cleo"), MemberRef(phone="+380501234567")]
    made = resolve(cafe, *spellings, create=True)
    assert len(set(made.values())) == 1
    assert resolve(cafe, MemberRef(phone="(050) 1234567")) == {MemberRef(phone="(050) 1234567"): made[spellings[0]]}
    with unit_of_work(cafe.id):
        assert members_slice(q="cleo").rows[0]["id"] == made[spellings[0]]


def test_a_code_or_an_id_never_makes_a_member(cafe: Shop) -> None:
    refs = [MemberRef(code="ABCD2345"), MemberRef(member_id=cafe.id), MemberRef(phone="12")]
    assert resolve(cafe, *refs, create=True) == {}


def test_a_member_of_another_business_is_nobody_here(cafe: Shop, florist: Shop) -> None:
    ref = MemberRef(external_id="7")
    made = resolve(florist, ref, create=True)
    assert resolve(cafe, ref, MemberRef(member_id=made[ref])) == {}


def test_many_who_make_the_same_member_at_once_get_the_same_one(app: Flask, cafe: Shop) -> None:
    start = Barrier(8)

    def hand(_: int) -> UUID:
        start.wait()
        with app.app_context():
            return resolve(cafe, MemberRef(email="cleo@example.com"), create=True).popitem()[1]

    with ThreadPoolExecutor(8) as pool:
        assert len(set(pool.map(hand, range(8)))) == 1
