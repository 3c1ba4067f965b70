"""The words by which a member is found; row-level security allows an index only for such plain comparisons."""

from __future__ import annotations

from uuid import UUID

from sqlalchemy import Index, Text
from sqlalchemy.orm import Mapped, mapped_column

from app.core.model import Base, TenantOwned
from app.models.keys import belongs_to


class MemberWord(TenantOwned, Base):
    """One row a word of a member: of the name, the e-mail address, the phone's digits, the code, the external id.

    A prefix search is a range of ``word`` (collation C). Under row-level security PostgreSQL uses an index for
    leakproof operators alone, which LIKE, trigrams and full text are not.
    """

    __tablename__ = "member_word"
    __names_business__ = False

    word: Mapped[str] = mapped_column(Text(collation="C"), primary_key=True)
    member_id: Mapped[UUID] = mapped_column(primary_key=True)

    __table_args__ = (
        belongs_to("member"),
        Index("ix_member_word_member", "business_id", "member_id"),
    )
