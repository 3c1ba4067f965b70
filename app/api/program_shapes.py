"""What the API takes and answers about programs."""

from __future__ import annotations

from datetime import date, datetime
from typing import Annotated, Any, ClassVar, Literal
from uuid import UUID

from pydantic import BeforeValidator, Field

from app.api.pagination import PageQuery
from app.api.shapes import Shape
from app.domain.body import Body
from app.domain.lifecycle import Status
from app.domain.program_fields import MOST_ENTRIES
from app.domain.registry import RULES
from app.queries.programs import SORTS

State = Literal["draft", "active", "paused", "ended"]


def _known_sort(text: str) -> str:
    if text.removeprefix("-") not in SORTS:
        raise ValueError(f"Sort by one of {', '.join(SORTS)}, with - in front for the largest first")
    return text


def known_rule_type(text: str) -> str:
    """Read a rule type of any case; ValueError names the known ones."""
    if text.upper() not in RULES:
        raise ValueError(f"ruleType is one of {', '.join(RULES)}")
    return text.upper()


def _statuses(text: str) -> list[str]:
    asked = [word.strip().upper() for word in text.split(",")]
    if unknown := [word for word in asked if word not in Status.__members__]:
        raise ValueError(f"status is one or several of {', '.join(Status)}, not {unknown[0] or 'nothing'}")
    return asked


class ProgramsQuery(PageQuery):
    """Which programs to list; `status` in any case, several by commas or repeated."""

    SEVERAL: ClassVar = frozenset({"status"})

    status: Annotated[list[Status], BeforeValidator(_statuses)] = Field(default_factory=list)
    rule_type: Annotated[str, BeforeValidator(known_rule_type)] | None = None
    location_id: UUID | None = None
    segment: Annotated[str, Field(max_length=100)] | None = None
    q: Annotated[str, Field(max_length=200)] | None = None
    sort: Annotated[str, BeforeValidator(_known_sort)] = "-createdAt"


class WarningShape(Shape):
    """Something worth a word that forbids nothing."""

    code: str
    message: str
    field: str


class SnapshotShape(Shape):
    """What a version of a program earns; numbers in ruleConfig stand as they were sent."""

    rule_type: str
    rule_config_domain: Literal["SIMPLE", "ADVANCED", "PREMIUM"]
    rule_config: dict[str, Any]
    timezone: str
    location_ids: list[UUID]
    blackout_dates: list[date]
    recurrence: dict[str, Any] | None
    segments: list[str]
    priority: int
    exclusive_group: str | None
    auto_enroll: bool
    caps: list[dict[str, Any]]
    budget: dict[str, Any] | None


class ProgramShape(SnapshotShape):
    """A program, its status by the clock, and its figures as of `statsAsOf`."""

    id: UUID
    business_id: UUID
    name: str
    description: str
    is_active: bool
    state: State
    status: Status
    starts_at: datetime | None
    ends_at: datetime | None
    redeem_until: datetime | None
    program_version: int
    version: int
    created_at: datetime
    updated_at: datetime
    deleted_at: datetime | None
    enrollment_count: int
    active_participants: int
    total_redemptions: int
    stats_as_of: datetime | None
    warnings: list[WarningShape]


class VersionShape(Shape):
    """One version in the list of them; `effectiveFrom` is null while it has never been live."""

    id: UUID
    number: int
    changes: list[str]
    created_at: datetime
    created_by: str
    effective_from: datetime | None
    purchases_earned: int


class WholeVersionShape(VersionShape, SnapshotShape):
    """One version with what it earns."""


class VersionsShape(Shape):
    """All versions, the newest first."""

    data: list[VersionShape]


class DuplicateBody(Body):
    """What the copy has of its own."""

    name: str | None = None
    location_ids: Annotated[list[UUID], Field(max_length=MOST_ENTRIES)] | None = None


class ValidationShape(Shape):
    """Whether a body would be taken, every violation under its path, and what is worth a word."""

    valid: bool
    errors: dict[str, list[str]]
    warnings: list[WarningShape]


class PreviewOutcomeShape(Shape):
    """What one purchase would earn, and why."""

    points: int
    punches: int
    stamps: int
    visits: int
    tier: str | None
    vouchers: int
    cashback: str
    code: str | None
    explanation: str


class PreviewShape(Shape):
    """An outcome for each purchase in the order in which they settle, and the progress after the last."""

    outcomes: list[PreviewOutcomeShape]
    progress: dict[str, Any]


class BulkActionBody(Body):
    """One action for up to 500 programs."""

    action: Literal["activate", "pause", "resume", "end", "delete"]
    ids: list[UUID] = Field(min_length=1, max_length=500)


class BulkErrorShape(Shape):
    """Why nothing happened to one program."""

    code: str
    message: str


class BulkResultShape(Shape):
    """What happened to one program."""

    id: UUID
    ok: bool
    status: Status | None = None
    error: BulkErrorShape | None = None


class BulkResultsShape(Shape):
    """What happened to each, in the order of the ids."""

    results: list[BulkResultShape]


class EnrollBody(Body):
    """Who takes part."""

    member_id: UUID
