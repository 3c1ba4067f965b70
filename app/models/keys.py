"""The composite keys by which the database itself refuses a child of another business."""

from sqlalchemy import ForeignKeyConstraint, UniqueConstraint


def belongs_to(target: str, column: str | None = None) -> ForeignKeyConstraint:
    """A foreign key ``(business_id, <column>)`` to ``target (business_id, id)``; deletes are refused.

    ``column`` defaults to ``<target>_id``.
    """
    column = column or f"{target}_id"
    return ForeignKeyConstraint(["business_id", column], [f"{target}.business_id", f"{target}.id"], ondelete="RESTRICT")


def belongs_to_enrollment() -> ForeignKeyConstraint:
    """One foreign key that proves enrollment, member and program belong together, and to this business."""
    columns = ["business_id", "enrollment_id", "member_id", "program_id"]
    return ForeignKeyConstraint(
        columns,
        ["enrollment.business_id", "enrollment.id", "enrollment.member_id", "enrollment.program_id"],
        ondelete="RESTRICT",
    )


def unique_in_business(*columns: str) -> UniqueConstraint:
    """A key that is unique inside one business and tells nothing of another's rows."""
    return UniqueConstraint("business_id", *columns)
