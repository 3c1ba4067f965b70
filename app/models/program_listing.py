"""What lists of programs are answered from: kept totals by status and type, and the words of names."""

from __future__ import annotations

from uuid import UUID

from sqlalchemy import Index, Text, text
from sqlalchemy.orm import Mapped, mapped_column

from app.core.model import Base, TenantOwned
from app.models.keys import belongs_to


class ProgramTotal(TenantOwned, Base):
    """How many programs of a rule type were announced in a status, besides the deltas that are not folded in yet."""

    __tablename__ = "program_total"

    rule_type: Mapped[str] = mapped_column(primary_key=True)
    status: Mapped[str] = mapped_column(primary_key=True)
    total: Mapped[int]


class ProgramTotalDelta(TenantOwned, Base):
    """One program more or one less: written by a trigger of ``program`` itself, so that nothing can forget it.

    Appended without a lock on anything shared; ``program_total`` and these together are exact at any moment.
    """

    __tablename__ = "program_total_delta"

    id: Mapped[UUID] = mapped_column(primary_key=True, server_default=text("gen_random_uuid()"))
    rule_type: Mapped[str]
    status: Mapped[str]
    change: Mapped[int]


class ProgramWord(TenantOwned, Base):
    """One row a word of a program's name and description; a search is a range of ``word``, as with member_word."""

    __tablename__ = "program_word"
    __names_business__ = False

    word: Mapped[str] = mapped_column(Text(collation="C"), primary_key=True)
    program_id: Mapped[UUID] = mapped_column(primary_key=True)

    __table_args__ = (
        belongs_to("program"),
        Index("ix_program_word_program", "business_id", "program_id"),
    )
