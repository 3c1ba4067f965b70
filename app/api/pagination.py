"""Pages of lists: by number for what an owner leafs through, by cursor for everything that grows."""

from __future__ import annotations

from typing import Any, Generic, TypeVar

from pydantic import BaseModel, ConfigDict, Field
from pydantic.alias_generators import to_camel

from app.api.shapes import Shape
from app.queries.paging import Page, Slice

Row = TypeVar("Row")


class Query(BaseModel):
    """The query string of a list; subclasses add their filters in snake_case, callers write camelCase."""

    model_config = ConfigDict(alias_generator=to_camel, extra="forbid")


class PageQuery(Query):
    """`page` from 1, `pageSize` up to 100."""

    page: int = Field(1, ge=1, le=1_000_000)
    page_size: int = Field(20, ge=1, le=100)


class CursorQuery(Query):
    """`limit` up to 100, `cursor` as the page before gave it."""

    limit: int = Field(20, ge=1, le=100)
    cursor: str | None = Field(None, max_length=200)


class PageNumbers(Shape):
    """Where a page stands among all."""

    page: int
    page_size: int
    total_pages: int
    total_count: int


class CursorPlace(Shape):
    """Where the next page begins; null on the last."""

    next_cursor: str | None
    limit: int


class PageOf(Shape, Generic[Row]):
    """One page by number."""

    data: list[Row]
    pagination: PageNumbers


class SliceOf(Shape, Generic[Row]):
    """One page by cursor."""

    data: list[Row]
    pagination: CursorPlace


def page_answer(page: Page) -> dict[str, Any]:
    """Return the answer of a list by number."""
    numbers = {"page": page.page, "pageSize": page.page_size}
    counts = {"totalPages": page.total_pages, "totalCount": page.total_count}
    return {"data": page.rows, "pagination": numbers | counts}


def slice_answer(rows: Slice) -> dict[str, Any]:
    """Return the answer of a list by cursor."""
    return {"data": rows.rows, "pagination": {"nextCursor": rows.next_cursor, "limit": rows.limit}}
