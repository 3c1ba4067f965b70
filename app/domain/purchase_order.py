"""What a till, a file or another system says when it records a purchase (API.md, Members and purchases)."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from decimal import Decimal
from typing import Annotated, Any, Literal
from uuid import UUID

from pydantic import Field, StrictBool, StrictInt, StringConstraints, model_validator

from app.domain.body import Body, Instant, parsed
from app.domain.errors import ValidationErrors
from app.domain.member_ref import MemberRef
from app.domain.money import money_text, to_minor
from app.domain.purchase import category_key

LARGEST_AMOUNT_MINOR = 9_999_999_999
MAY_BE_AHEAD = timedelta(minutes=5)
FIRST_YEAR = 1900
HISTORICAL_AFTER = timedelta(hours=48)
_WHO = {"member", "memberId"}

Text = Annotated[str, StringConstraints(strip_whitespace=True, min_length=1, max_length=128)]


class MemberBody(Body):
    """Names a member by exactly one of four ways."""

    phone: Text | None = None
    email: Text | None = None
    code: Text | None = None
    external_id: Text | None = None
    name: str = Field(default="", max_length=200)

    @model_validator(mode="after")
    def _one_way(self) -> MemberBody:
        if sum(value is not None for value in (self.phone, self.email, self.code, self.external_id)) != 1:
            raise ValueError("Name the member by one of phone, email, code or externalId")
        return self


class ItemBody(Body):
    """One line of a purchase; ``quantity`` has at most three decimals, money is in major units."""

    sku: Text | None = None
    name: Annotated[str, StringConstraints(max_length=200)] | None = None
    category: Annotated[str, StringConstraints(max_length=100)] | None = None
    quantity: Decimal = Field(gt=0, le=1_000_000, decimal_places=3)
    unit_price: Decimal = Field(ge=0)


class PurchaseBody(Body):
    """The body of POST /purchases."""

    order_id: Text
    source: Text = "api"
    kind: Literal["sale", "punch"] = "sale"
    count: StrictInt = Field(default=1, ge=1, le=5)
    member_id: UUID | None = None
    member: MemberBody | None = None
    create_member: StrictBool = False
    amount: Decimal | None = None
    currency: Annotated[str, StringConstraints(to_upper=True)] | None = None
    occurred_at: Instant | None = None
    location_id: UUID | None = None
    items: list[ItemBody] = Field(default_factory=list, max_length=500)
    status: Literal["completed", "pending"] = "completed"
    referral_code: Text | None = None


@dataclass(frozen=True, slots=True)
class PurchaseOrder:
    """A purchase to record. Money in minor units; ``items`` as models.purchase keeps them.

    ``sent`` holds the fields that were really sent, so that the same order id again can be compared field by field.
    """

    order_id: str
    source: str
    kind: str
    count: int
    member: MemberRef
    create_member: bool
    amount_minor: int
    items: list[list[Any]]
    occurred_at: datetime | None
    location_id: UUID | None
    status: str
    referral_code: str | None
    sent: Mapping[str, Any] = field(default_factory=dict)


def purchase_order(
    body: PurchaseBody, *, currency: str, now: datetime
) -> tuple[PurchaseOrder | None, dict[str, list[str]]]:
    """The order of a body, or the violations by field that need the business's currency and clock to be seen."""
    problems = _torn_apart(body)
    if body.currency not in (None, currency):
        problems["currency"] = [f"This business sells in {currency}"]
    if body.occurred_at and body.occurred_at > now + MAY_BE_AHEAD:
        problems["occurredAt"] = ["The time of the sale lies in the future"]
    if body.occurred_at and body.occurred_at.year < FIRST_YEAR:
        problems["occurredAt"] = [f"The time of the sale lies before {FIRST_YEAR}"]
    amount = _minor(body.amount or Decimal(0), currency, "amount", problems)
    if not 0 <= amount <= LARGEST_AMOUNT_MINOR:
        problems["amount"] = [f"The amount must be between 0 and {money_text(LARGEST_AMOUNT_MINOR, currency)}"]
    items = [_item(item, currency, f"items.{place}", problems) for place, item in enumerate(body.items)]
    if problems:
        return None, problems
    return _order(body, amount, items), {}


def read_order(raw: Mapping[str, Any], *, currency: str, now: datetime) -> PurchaseOrder:
    """The order of a JSON body; raises ValidationErrors with every violation at once, whatever it takes to see it."""
    try:
        body, errors = parsed(PurchaseBody, raw), {}
    except ValidationErrors as found:
        body, errors = _sound_part(raw, found.errors), found.errors
    order, problems = purchase_order(body, currency=currency, now=now)
    if errors or order is None:
        raise ValidationErrors({**problems, **errors})
    return order


def _sound_part(raw: Mapping[str, Any], errors: Mapping[str, Any]) -> PurchaseBody:
    """The body without the fields that are wrong, stood in for where one is needed, to find what else is."""
    wrong = {path.partition(".")[0] for path in errors}
    stand_ins: dict[str, Any] = {"orderId": "-"}
    if wrong & _WHO:
        wrong |= _WHO
        stand_ins["memberId"] = UUID(int=0)
    if wrong & {"amount", "kind"} and raw.get("kind") != "punch":
        stand_ins["amount"] = 0
    known = {field.alias or name for name, field in PurchaseBody.model_fields.items()}
    return PurchaseBody.model_validate(
        stand_ins | {key: value for key, value in raw.items() if key in known and key not in wrong}
    )


def _torn_apart(body: PurchaseBody) -> dict[str, list[str]]:
    """What does not fit together: who bought, and an amount with a kind."""
    problems: dict[str, list[str]] = {}
    if body.member_id is None and body.member is None:
        problems["member"] = ["Name the member by memberId or by member"]
    if body.member_id is not None and body.member is not None:
        problems["member"] = ["Name the member either by memberId or by member"]
    if body.kind == "sale" and body.amount is None:
        problems["amount"] = ["Enter the amount of the sale"]
    if body.kind == "punch" and (body.amount or body.items):
        problems["amount" if body.amount else "items"] = ["A punch has no amount and no items"]
    return problems


def _order(body: PurchaseBody, amount: int, items: list[list[Any]]) -> PurchaseOrder:
    occurred_at = body.occurred_at.astimezone(UTC) if body.occurred_at else None
    values = {
        "kind": body.kind,
        "count": body.count,
        "amount": amount,
        "occurred_at": occurred_at.isoformat() if occurred_at else None,
        "location_id": str(body.location_id) if body.location_id else None,
        "items": items,
        "status": body.status,
        "referral_code": body.referral_code,
    }
    return PurchaseOrder(
        order_id=body.order_id,
        source=body.source,
        kind=body.kind,
        count=body.count,
        member=_member_ref(body),
        create_member=body.create_member,
        amount_minor=amount,
        items=items,
        occurred_at=occurred_at,
        location_id=body.location_id,
        status=body.status,
        referral_code=body.referral_code,
        sent={key: value for key, value in values.items() if key in body.model_fields_set and value is not None},
    )


def _member_ref(body: PurchaseBody) -> MemberRef:
    if body.member is None:
        return MemberRef(member_id=body.member_id)
    named = body.member
    return MemberRef(
        phone=named.phone, email=named.email, code=named.code, external_id=named.external_id, name=named.name
    )


def _item(item: ItemBody, currency: str, path: str, problems: dict[str, list[str]]) -> list[Any]:
    price = _minor(item.unit_price, currency, f"{path}.unitPrice", problems)
    return [category_key(item.category), format(item.quantity.normalize(), "f"), price, item.name, item.sku]


def _minor(value: Decimal, currency: str, path: str, problems: dict[str, list[str]]) -> int:
    try:
        return to_minor(value, currency)
    except ValueError as error:
        problems[path] = [str(error)]
        return 0
