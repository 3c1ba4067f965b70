"""What holds for every program that validation lets through, whatever is bought and in whatever order it arrives."""

import json
from datetime import UTC, datetime
from random import Random
from typing import Any
from uuid import UUID

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from app.domain.corrections import First, resettle
from app.domain.explain import sentence
from app.domain.history import recount
from app.domain.preview import preview
from app.domain.program import ProgramVersion
from app.domain.program_body import parse_program
from app.domain.purchase import Purchase, Refund, after_refunds
from app.domain.rule_type import Counted
from app.domain.standing import Granted, MemberFacts, Outcome
from tests.domain.any_program import COUNTING, bodies, purchases

PROGRAMS = max(1_000, settings().max_examples)
OTHERS = PROGRAMS // 10  # what else holds is tried with a tenth as many
PATIENCE_SECONDS = 600 + PROGRAMS // 10  # a thousand with fifty purchases each: 5 s, more on a busy machine
SLOW = [HealthCheck.too_slow, HealthCheck.data_too_large, HealthCheck.large_base_example]
_MADE = (datetime(2024, 1, 1, tzinfo=UTC), UUID(int=2))


def compiled(body: dict[str, Any]) -> ProgramVersion:
    snapshot = parse_program(body, currency="USD").snapshot
    return ProgramVersion.compile(
        snapshot, id=UUID(int=1), program_id=UUID(int=2), number=1, created_order=_MADE, currency="USD"
    )


def granted(outcome: Outcome) -> Granted:
    return Granted(
        code=outcome.code,
        computed=outcome.computed,
        points=outcome.points,
        cashback_minor=outcome.cashback_minor,
        adds=outcome.adds,
        punches=outcome.punches,
        stamps=outcome.stamps,
        visits=outcome.visits,
        multipliers=outcome.multipliers,
    )


@pytest.mark.timeout(PATIENCE_SECONDS)
@given(body=bodies(), bought=purchases(50))
@settings(max_examples=PROGRAMS, deadline=None, suppress_health_check=SLOW)
def test_a_program_that_is_accepted_settles_everything_and_says_why(
    body: dict[str, Any], bought: list[Purchase]
) -> None:
    version = compiled(body)
    seen = preview(version, bought, facts=MemberFacts(), now=bought[-1].occurred_at)
    for outcome in seen.outcomes:
        json.dumps([outcome.trace, outcome.state])
        assert sentence(outcome.trace, "USD")
        assert min(outcome.points, outcome.adds, outcome.cashback_minor, outcome.rewards, outcome.forfeited) >= 0
        assert outcome.points <= outcome.computed or outcome.computed == 0
    assert json.dumps(seen.progress, default=str)
    assert version.rule.summary(version.config, "USD")


@pytest.mark.timeout(PATIENCE_SECONDS)
@given(body=bodies(COUNTING), chance=st.randoms(use_true_random=False), data=st.data())
@settings(max_examples=OTHERS, deadline=None, suppress_health_check=SLOW)
def test_vouchers_due_do_not_depend_on_the_order_of_arrival(
    body: dict[str, Any], chance: Random, data: st.DataObject
) -> None:
    version, bought = compiled(body), data.draw(purchases(20))
    outcomes = preview(version, bought, facts=MemberFacts(), now=bought[-1].occurred_at).outcomes
    counted = [
        (version, Counted(purchase.occurred_at, purchase.order_id, outcome.local_day, outcome.adds))
        for purchase, outcome in zip(bought, outcomes, strict=True)
        if outcome.adds
    ]
    in_order = [outcome for outcome in outcomes if outcome.state is not None]
    chance.shuffle(counted)
    after = recount(counted, version)
    assert after.due == (in_order[-1].due if in_order else 0)
    assert not in_order or after.state == in_order[-1].state


@pytest.mark.timeout(PATIENCE_SECONDS)
@given(body=bodies(), data=st.data())
@settings(max_examples=OTHERS, deadline=None, suppress_health_check=SLOW)
def test_a_refund_never_grants_and_a_full_one_leaves_nothing(body: dict[str, Any], data: st.DataObject) -> None:
    version, bought = compiled(body), [one for one in data.draw(purchases(8)) if one.amount_minor]
    outcomes = preview(version, bought, facts=MemberFacts(), now=_MADE[0]).outcomes
    for purchase, outcome in zip(bought, outcomes, strict=True):
        first = First(purchase.amount_minor, outcome.cashback_minor)
        before = granted(outcome)
        for refund in _parts(data, purchase):
            purchase = after_refunds(purchase, [refund])  # noqa: PLW2901 - what is left of it
            after = granted(resettle(purchase, version, before, first, points_left=before.adds))
            assert after.points <= before.points
            assert after.adds <= before.adds
            assert after.cashback_minor <= before.cashback_minor
            before = after
        assert (before.points, before.adds, before.cashback_minor) == (0, 0, 0)


@pytest.mark.timeout(PATIENCE_SECONDS)
@given(data=st.data())
@settings(max_examples=OTHERS, deadline=None, suppress_health_check=SLOW)
def test_refunds_in_parts_come_to_the_same_as_one(data: st.DataObject) -> None:
    for purchase in data.draw(purchases(4)):
        parts = [part for part in _parts(data, purchase) if part.items is None]
        together = Refund(sum(part.amount_minor for part in parts))
        assert after_refunds(purchase, parts) == after_refunds(purchase, [together])


def _parts(data: st.DataObject, purchase: Purchase) -> list[Refund]:
    """Refunds that come to the whole amount; the first may name an item."""
    cut = data.draw(st.integers(0, purchase.amount_minor))
    names_item = bool(purchase.items) and data.draw(st.integers(0, 1)) == 1
    of_item = ((0, purchase.items[0].quantity),) if names_item else None
    return [Refund(cut, of_item), Refund(purchase.amount_minor - cut)]
