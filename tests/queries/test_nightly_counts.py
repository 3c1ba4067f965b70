"""What the clock does to members at night costs the same few statements a batch, however many are in it."""

from __future__ import annotations

from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from typing import Any

from app.core import clock
from app.core.unit_of_work import session, unit_of_work
from app.services import expiry, points_warnings, tier_keeping, tier_progress, voucher_expiry
from app.services.consents import set_consent
from app.services.programs import create_program
from tests.factories.businesses import Shop, found_shop
from tests.factories.programs import owner_of
from tests.factories.trade import activated, join, live_points, live_punch_card, sell
from tests.support.statements import counted

FEW, MANY = 2, 9
MAY = datetime(2027, 5, 10, 9, tzinfo=UTC)
NIGHTS: list[tuple[datetime, Callable[[], int]]] = [
    (datetime(2027, 5, 26, 9, tzinfo=UTC), voucher_expiry.warn_of_expiry),
    (datetime(2027, 6, 1, 9, tzinfo=UTC), tier_progress.tell_progress),
    (datetime(2027, 6, 2, 9, tzinfo=UTC), voucher_expiry.expire_vouchers),
    (datetime(2027, 6, 3, 9, tzinfo=UTC), tier_keeping.warn_of_falls),
    (datetime(2027, 6, 6, 9, tzinfo=UTC), points_warnings.warn_of_points),
    (datetime(2027, 6, 12, 9, tzinfo=UTC), expiry.expire_points),
    (datetime(2027, 7, 2, 9, tzinfo=UTC), tier_keeping.keep_tiers),
]


def test_a_batch_of_every_nightly_job_costs_the_same_for_few_and_for_many(cafe: Shop) -> None:
    crowd = found_shop("Café Crowd", "Cora")
    costs = {count: _nights(shop, count) for shop, count in ((cafe, FEW), (crowd, MANY))}
    for name, (done, few) in costs[FEW].items():
        done_for_many, many = costs[MANY][name]
        assert (done, done_for_many) == (FEW, MANY), name
        assert len(many) <= len(few), (name, [each for each in many if many.count(each) > few.count(each)])


def _nights(shop: Shop, members: int) -> dict[str, tuple[int, list[str]]]:
    """What each step did for so many members, and the statements it took."""
    _bought(shop, members)
    found = {}
    for at, step in NIGHTS:
        with clock.frozen(at), unit_of_work(shop.id), counted() as statements:
            done = step()
            session().flush()
        found[step.__name__ + step.__module__] = (done, list(statements))
    return found


def _bought(shop: Shop, members: int) -> None:
    card: dict[str, Any] = {"punchesRequired": 2, "endowedStart": 1, "rewardType": "free_item", "rewardValue": "coffee"}
    reward = {"rewardDescription": "A free coffee", "rewardExpiresAfterDays": 20}
    tiers = [{"name": name, "threshold": {"type": "spending", "value": value}} for name, value in _TIERS.items()]
    rules = {"enabled": True, "gracePeriodMonths": 0}
    circle = {"evaluationPeriod": "monthly", "tiers": tiers, "degradationRules": rules}
    with clock.frozen(MAY - timedelta(days=1)):
        live_points(shop, ruleConfig={"pointsPerDollar": 2, "redemptionRate": 50, "expirationMonths": 1})
        live_punch_card(shop, ruleConfig=card | reward)
        with unit_of_work(shop.id):
            body = {"name": "Circle", "ruleType": "TIER_BASED", "ruleConfig": circle}
            program_id = create_program(body, actor=owner_of(shop))
        activated(shop, program_id)
    with clock.frozen(MAY):
        for number in range(members):
            member_id = join(shop, f"Member {number}", email=f"member.{number}@example.com")
            with unit_of_work(shop.id):
                set_consent(member_id, "card_mail", True, source="join", words="Yes")
            sell(shop, member_id, "60.00")


_TIERS = {"Silver": 50, "Gold": 100}
