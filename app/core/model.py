"""The declarative base, the two kinds of table, and the column types that all models share."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Any, ClassVar
from uuid import UUID

from sqlalchemy import BigInteger, DateTime, ForeignKey, MetaData, Text, Uuid
from sqlalchemy.dialects.postgresql import JSONB
from sqlalchemy.engine import Dialect
from sqlalchemy.orm import DeclarativeBase, Mapped, declared_attr, mapped_column, registry
from sqlalchemy.types import TypeDecorator

NAMING = {
    "pk": "pk_%(table_name)s",
    "fk": "fk_%(table_name)s_%(column_0_N_name)s",
    "uq": "uq_%(table_name)s_%(column_0_N_name)s",
    "ix": "ix_%(table_name)s_%(column_0_N_name)s",
    "ck": "ck_%(table_name)s_%(constraint_name)s",
}


class UtcDateTime(TypeDecorator[datetime]):
    """An instant (timestamptz). A naive value is refused: nobody may guess its zone. Read back in UTC."""

    impl = DateTime(timezone=True)
    cache_ok = True

    def process_bind_param(self, value: datetime | None, _dialect: Dialect) -> datetime | None:
        """Refuse a value without an offset."""
        if value is not None and value.tzinfo is None:
            raise ValueError(f"{value!r} has no offset")
        return value

    def process_result_value(self, value: datetime | None, _dialect: Dialect) -> datetime | None:
        """Answer in UTC whatever the zone of the connection is."""
        return None if value is None else value.astimezone(UTC)


Json = JSONB(none_as_null=True)
MinorUnits = BigInteger


class Base(DeclarativeBase):
    """The base of every model: named constraints, text without length, instants in UTC."""

    registry = registry(
        metadata=MetaData(naming_convention=NAMING),
        type_annotation_map={
            str: Text(),
            UUID: Uuid(as_uuid=True, native_uuid=True),
            datetime: UtcDateTime(),
            dict[str, Any]: Json,
            list[Any]: Json,
        },
    )


class TenantOwned:
    """A table of one business's rows: `business_id` comes first in its primary key, and row-level security guards it.

    `core.tenancy` filters, fills and checks the column. A table whose other composite keys already prove that the
    business exists may set `__names_business__ = False`, which spares each insert a look at the business's row.
    """

    __names_business__: ClassVar[bool] = True

    @declared_attr
    def business_id(cls) -> Mapped[UUID]:  # noqa: N805 - SQLAlchemy hands in the class
        """The owner of the row."""
        key = [ForeignKey("business.id", ondelete="RESTRICT")] if cls.__names_business__ else []
        return mapped_column(*key, primary_key=True, sort_order=-10)


class Platform:
    """Marks a table that has no row-level security; a test keeps the list of them (ARCHITECTURE 3)."""
