"""Plays purchases through a program that need not exist: the engine itself, saving nothing (RULES 7)."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from fractions import Fraction
from typing import Any

from app.core import clock
from app.domain.body import parsed
from app.domain.errors import ValidationErrors
from app.domain.money import MoneyError, to_minor
from app.domain.outcome_object import outcome_object
from app.domain.preview import preview
from app.domain.preview_start import PREVIEW_ID, PreviewBody, Progress, starting_state
from app.domain.program import ProgramVersion
from app.domain.purchase import Item, Purchase
from app.domain.purchase_order import read_order
from app.queries.currency import currency as business_currency
from app.services.program_checks import checked_program

_OWN = ("member", "purchases")


def preview_program(body: Mapping[str, Any]) -> dict[str, Any]:
    """What each purchase would earn in the order in which they settle, and the progress after the last.

    Money in minor units. The program counts as live at every purchase. Raises ValidationErrors with every violation.
    """
    currency, now = business_currency(), clock.now()
    errors: dict[str, list[str]] = {}
    asked = _asked({key: body[key] for key in _OWN if key in body}, errors)
    purchases = [_purchase(raw, place, currency, now, errors) for place, raw in enumerate(asked.purchases)]
    version = _version({key: value for key, value in body.items() if key not in _OWN}, currency, now, errors)
    if errors or version is None:
        raise ValidationErrors(errors)
    first = min(purchase.occurred_at for purchase in purchases)
    played = preview(
        version,
        purchases,
        facts=asked.member.facts(version),
        now=max(now, *(purchase.occurred_at for purchase in purchases)),
        tier=asked.member.tier,
        state=starting_state(version, _minor(asked.member.progress, version, currency), first),
    )
    return {
        "ruleType": version.rule_type,
        "metricUnit": version.terms.metric if version.rule_type == "TIER_BASED" else None,
        "outcomes": [outcome_object(outcome, currency) for outcome in played.outcomes],
        "progress": played.progress,
    }


def _asked(body: Mapping[str, Any], errors: dict[str, list[str]]) -> PreviewBody:
    """Who buys what; where that is wrong, an empty basket stands for it so that the program is looked at too."""
    try:
        return parsed(PreviewBody, body)
    except ValidationErrors as found:
        errors.update(found.errors)
        return PreviewBody.model_construct(purchases=[])


def _version(
    body: Mapping[str, Any], currency: str, now: datetime, errors: dict[str, list[str]]
) -> ProgramVersion | None:
    try:
        draft = checked_program({"name": "Preview", **body})
    except ValidationErrors as found:
        errors.update(found.errors)
        return None
    return ProgramVersion.compile(
        draft.snapshot,
        id=PREVIEW_ID,
        program_id=PREVIEW_ID,
        number=1,
        created_order=(now, PREVIEW_ID),
        currency=currency,
    )


def _purchase(
    raw: Mapping[str, Any], place: int, currency: str, now: datetime, errors: dict[str, list[str]]
) -> Purchase:
    """One purchase body; who bought and the order id may be left out."""
    named = {} if "member" in raw else {"memberId": str(PREVIEW_ID)}
    try:
        order = read_order({"orderId": f"{place:03d}", **named, **raw}, currency=currency, now=now)
    except ValidationErrors as found:
        errors.update({f"purchases.{place}.{path}": sentences for path, sentences in found.errors.items()})
        return Purchase(PREVIEW_ID, "sale", 1, 0, (), now, "", None)
    items = tuple(Item(item[0], Fraction(item[1]), item[2]) for item in order.items)
    kind: Any = order.kind
    at = order.occurred_at or now
    return Purchase(PREVIEW_ID, kind, order.count, order.amount_minor, items, at, order.order_id, order.location_id)


def _minor(progress: Progress, version: ProgramVersion, currency: str) -> dict[str, int]:
    counts_money = version.rule_type == "TIER_BASED" and version.terms.metric == "spending"
    money = {"spent", "metric"} if counts_money else {"spent"}
    given = progress.model_dump(exclude_none=True)
    try:
        return {key: to_minor(value, currency) if key in money else int(value) for key, value in given.items()}
    except MoneyError as error:
        raise ValidationErrors({"member.progress": [str(error)]}) from error
