"""What the API answers about long work, and what it takes to start imports and exports."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from datetime import datetime
from typing import Annotated, Any, ClassVar, Literal
from uuid import UUID

from pydantic import (
    AfterValidator,
    BeforeValidator,
    Field,
    StrictBool,
    StrictInt,
    StringConstraints,
    WithJsonSchema,
)

from app.api.member_shapes import MemberStatus
from app.api.pagination import CursorQuery, Query
from app.api.shapes import Shape
from app.core.config import settings
from app.domain.body import Body, Instant
from app.domain.localtime import zone_names
from app.domain.member_file import FIELDS as MEMBER_FIELDS
from app.domain.member_file import OWN
from app.domain.purchase_file import FIELDS as PURCHASE_FIELDS
from app.queries.operations import operation

_NOT_AN_IMPORT = ("api", "till")
Line = Annotated[str, StringConstraints(strip_whitespace=True, min_length=1, max_length=128)]
FOLLOWED = "/operations/{id}"
"""Where whoever started an operation follows it."""
State = Literal["waiting", "running", "done", "failed", "cancelled"]


class OperationShape(Shape):
    """``done`` of ``total`` rows; ``figures`` are counts by name; ``rate`` is rows a second while it runs.

    ``subjectId`` is the import that it belongs to. A file that it made lies at ``fileUrl`` until ``fileUntil``.
    """

    id: UUID
    kind: str
    state: State
    subject_id: UUID | None
    total: int
    done: int
    figures: dict[str, int]
    error: str | None
    requested_by: str
    created_at: datetime
    started_at: datetime | None
    finished_at: datetime | None
    rate: float | None
    seconds_left: int | None
    file_name: str | None
    file_url: str | None
    file_until: datetime | None


class OperationsQuery(CursorQuery):
    """Operations of one kind or state only."""

    kind: Annotated[str, Field(max_length=64)] | None = None
    state: State | None = None


def _pairs(text: Any) -> Any:
    """Read ``field=Column``, several by commas; what has no sign goes on with the title before it."""
    found: dict[str, str] = {}
    name = ""
    for part in str(text).split(","):
        before, sign, title = part.partition("=")
        if sign:
            name = before.strip()
            found[name] = title
        elif name:
            found[name] += f",{part}"
        else:
            raise ValueError("map is field=Column, once for each field")
    return {field: title.strip() for field, title in found.items()}


def _timezone(name: str) -> str:
    if name not in zone_names():
        raise ValueError(f"{name} is no timezone such as Europe/Kyiv")
    return name


def _own_source(name: str) -> str:
    if name in _NOT_AN_IMPORT:
        raise ValueError("source is a name of the file's own, such as old-till")
    return name


def _columns_of(fields: Iterable[str]) -> WithJsonSchema:
    about = "field=Title of the column, once for each; fields: " + ", ".join(fields)
    return WithJsonSchema({"type": "array", "items": {"type": "string"}, "description": about})


class MemberImportQuery(Query):
    """How a file of members is read; a ``dryRun`` only says what would happen."""

    SEVERAL: ClassVar = frozenset({"map"})

    mode: Literal["add", "set"] = "add"
    program_id: UUID | None = None
    map: Annotated[dict[str, str], BeforeValidator(_pairs), _columns_of([*MEMBER_FIELDS, f"{OWN}<key>"])] = Field(
        default_factory=dict
    )
    dry_run: bool = False
    file_name: Line = "members.csv"


class PurchaseImportQuery(Query):
    """How a file of purchases is read; (source, order id) is recorded once for ever."""

    SEVERAL: ClassVar = frozenset({"map"})

    source: Annotated[Line, AfterValidator(_own_source)]
    map: Annotated[dict[str, str], BeforeValidator(_pairs), _columns_of(PURCHASE_FIELDS)] = Field(default_factory=dict)
    timezone: Annotated[str, AfterValidator(_timezone)] | None = None
    dry_run: bool = False


class MemberExportBody(Body):
    """Whom to export; nothing asks for everybody."""

    q: Annotated[str, Field(max_length=200)] | None = None
    status: MemberStatus | None = None
    segment: Annotated[str, Field(max_length=100)] | None = None
    tier: Annotated[str, Field(max_length=100)] | None = None
    program_id: UUID | None = None
    tag_id: UUID | None = None
    last_visit: Literal["week", "month", "not-30", "not-90", "never"] | None = None
    birth_month: Annotated[StrictInt, Field(ge=1, le=12)] | None = None
    has_unredeemed: StrictBool = False

    def stored(self) -> dict[str, str]:
        """The filter as services keep it."""
        said = self.model_dump(exclude_none=True, exclude={"has_unredeemed"})
        return {name: str(value) for name, value in said.items()} | (
            {"has_unredeemed": "1"} if self.has_unredeemed else {}
        )


class PurchaseExportBody(Body):
    """Which purchases to export, sold within ``[from, to)``; nothing asks for all."""

    member_id: UUID | None = None
    status: Literal["pending", "completed", "cancelled"] | None = None
    from_: Annotated[Instant | None, Field(alias="from")] = None
    to: Instant | None = None


def operation_answer(found: Mapping[str, Any]) -> dict[str, Any]:
    """The operation object out of queries.operations."""
    address = f"{settings().base_url}/api/v1/operations/{found['id']}/file"
    return {**found, "fileUrl": address if found["fileName"] else None}


def started(operation_id: UUID) -> dict[str, Any]:
    """The operation object of an operation that was just asked for."""
    return operation_answer(operation(operation_id))
