"""What an owner says about a reward of the catalogue, and every reason to refuse it (API.md; RULES 5)."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Annotated, Any, Literal
from uuid import UUID

from pydantic import AfterValidator, Field, StrictBool, StrictInt, StringConstraints

from app.domain.body import Body, Instant, parsed
from app.domain.errors import ValidationErrors
from app.domain.opening_hours import MOST_SPANS, Hours, overlaps, without_closed_days
from app.domain.reward_registry import read_value

RewardType = Literal["discount", "free_product", "free_shipping", "exclusive_access", "cash_back"]
CodeKind = Literal["none", "shared", "generated", "list"]
DeliveryMethod = Literal["in_store", "digital", "shipping"]
MOST_CODES = 10_000
MOST_POINTS = 1_000_000_000
YEARS = range(2000, 2200)
"""Years that an offer may begin and end in: what lies outside is a slip, and some of it no database can keep."""


def _printable(text: str) -> str:
    if any(not letter.isprintable() and letter not in "\r\n\t" for letter in text):
        raise ValueError("Enter text without control characters")
    return text


Code = Annotated[str, StringConstraints(strip_whitespace=True, min_length=3, max_length=64), AfterValidator(_printable)]


def _in_our_time(at: datetime) -> datetime:
    if at.year not in YEARS:
        raise ValueError(f"Enter a year from {YEARS.start} to {YEARS.stop - 1}")
    return at


OfferTime = Annotated[Instant, AfterValidator(_in_our_time)]


def _in_the_shop() -> list[DeliveryMethod]:
    return ["in_store"]


class HoursSpan(Body):
    """A stretch of one day on the clock of the business; one that closes earlier than it opens runs over midnight."""

    opens: Annotated[str, StringConstraints(pattern=r"^([01]\d|2[0-3]):[0-5]\d$")]
    closes: Annotated[str, StringConstraints(pattern=r"^(([01]\d|2[0-3]):[0-5]\d|24:00)$")]


Spans = Annotated[list[HoursSpan], Field(max_length=MOST_SPANS)]


class ValidHours(Body):
    """When a reward can be had, by weekday; none at all is any time."""

    mon: Spans = Field(default_factory=list)
    tue: Spans = Field(default_factory=list)
    wed: Spans = Field(default_factory=list)
    thu: Spans = Field(default_factory=list)
    fri: Spans = Field(default_factory=list)
    sat: Spans = Field(default_factory=list)
    sun: Spans = Field(default_factory=list)

    @property
    def kept(self) -> dict[str, Any]:
        """The hours as domain.opening_hours reads them: only days with spans."""
        return without_closed_days(self.model_dump())


class RewardBody(Body):
    """The writable fields of a reward; `codes` are added to those that a list has already and are never answered."""

    program_id: UUID | None = None
    name: Annotated[
        str, StringConstraints(strip_whitespace=True, min_length=1, max_length=120), AfterValidator(_printable)
    ]
    description: Annotated[
        str, StringConstraints(strip_whitespace=True, max_length=500), AfterValidator(_printable)
    ] = ""
    reward_type: RewardType
    value: dict[str, Any] | None = None
    points_cost: Annotated[StrictInt, Field(ge=1, le=MOST_POINTS)]
    quantity_available: Annotated[StrictInt, Field(ge=0, le=MOST_POINTS)] | None = None
    per_member_limit: Annotated[StrictInt, Field(ge=1, le=1000)] | None = None
    tier_exclusive: Annotated[str, StringConstraints(strip_whitespace=True, max_length=100)] | None = None
    active: StrictBool = True
    starts_at: OfferTime | None = None
    ends_at: OfferTime | None = None
    voucher_expires_after_days: Annotated[StrictInt, Field(ge=1, le=730)] | None = None
    code_kind: CodeKind = "generated"
    shared_code: Code | None = None
    codes: Annotated[list[Code], Field(max_length=MOST_CODES)] | None = None
    location_ids: Annotated[list[UUID], Field(max_length=1000)] = Field(default_factory=list)
    valid_hours: ValidHours = Field(default_factory=ValidHours)
    hide_when_out: StrictBool = False
    delivery_methods: Annotated[list[DeliveryMethod], Field(min_length=1, max_length=3)] = Field(
        default_factory=_in_the_shop
    )
    terms: Annotated[str, StringConstraints(strip_whitespace=True, max_length=4000), AfterValidator(_printable)] = ""


def read_reward(body: Mapping[str, Any], currency: str, now: datetime) -> RewardBody:
    """The reward, its `value` in stored form, or ValidationErrors with every violation at once."""
    found: dict[str, list[str]] = {}
    reward: RewardBody | None = None
    try:
        reward = parsed(RewardBody, body)
    except ValidationErrors as error:
        found |= error.errors
    reward_type = body.get("rewardType")
    if "rewardType" not in found and "value" not in found and isinstance(reward_type, str):
        stored, problems = read_value(reward_type, body.get("value"), currency)
        found |= problems
        if reward is not None:
            reward.value = stored
    if reward is not None:
        found |= _contradictions(reward, now)
    if found or reward is None:
        raise ValidationErrors(found)
    return reward


def _contradictions(reward: RewardBody, now: datetime) -> dict[str, list[str]]:
    """What the fields say against each other: a reward that nobody could ever have is refused."""
    found: dict[str, list[str]] = {}
    if reward.ends_at is not None and reward.starts_at is not None and reward.ends_at <= reward.starts_at:
        found["endsAt"] = ["End date must be after start date"]
    elif reward.ends_at is not None and reward.ends_at <= now and reward.active:
        found["endsAt"] = ["This reward would be over already: enter an end date that is still to come"]
    if reward.code_kind == "shared" and not reward.shared_code:
        found["sharedCode"] = ["Enter the code that every member gets"]
    if reward.codes and reward.code_kind != "list":
        found["codes"] = ["Codes can be uploaded only where the code type is a list"]
    elif reward.codes and (twice := _first_double(reward.codes)):
        found["codes"] = [f"The code {twice} stands twice in the list"]
    if len(set(reward.delivery_methods)) < len(reward.delivery_methods):
        found["deliveryMethods"] = ["Name each way once"]
    return found | _unsound_hours(reward.valid_hours.kept)


def _unsound_hours(hours: Hours) -> dict[str, list[str]]:
    """Hours that overlap or last no time at all."""
    found = {f"validHours.{day}": [message] for day, message in overlaps(hours).items()}
    for day, spans in hours.items():
        if any(span["opens"] == span["closes"] for span in spans):
            found[f"validHours.{day}"] = ["Write 00:00 to 24:00 for the whole day"]
    return found


def _first_double(codes: Sequence[str]) -> str | None:
    seen: set[str] = set()
    for code in codes:
        if code in seen:
            return code
        seen.add(code)
    return None
